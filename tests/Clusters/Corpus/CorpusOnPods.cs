using System.Text;
using System.Text.Json.Nodes;
using Argosy.Clusters.Chaos;
using Argosy.Clusters.Hubs;
using Argosy.Conformance;
using Argosy.Scenarios.Corpus;
using Argosy.Scenarios.Hubs;

namespace Argosy.Clusters.Corpus;

/// <summary>Upstream's examples as pods of real clusters: the documents that its own runner demands to succeed.</summary>
[Collection(HubCollection.Name)]
public sealed class CorpusOnPods(TestFleet fleet, ITestOutputHelper output)
{
    private const int AtOnce = 12;
    private const int Demanded = 68;

    private const string NoInternet = "asks a host on the internet";
    private const string PatchesItsPod = "patches the pod of its own step; a resource template has none here, the agent does it without";

    /// <summary>What does not succeed on the tests' clusters, and why.</summary>
    private static readonly Dictionary<string, string> NotHere = new(StringComparer.Ordinal)
    {
        ["examples/artifact-passing-explicit-plugin.yaml"] = "its artifact lies with a driver plugin, an image of its author's",
        ["examples/http-hello-world.yaml"] = NoInternet,
        ["examples/k8s-patch-json-pod.yaml"] = PatchesItsPod,
        ["examples/k8s-patch-merge-pod.yaml"] = PatchesItsPod,
        ["examples/life-cycle-hooks-tmpl-level.yaml"] = NoInternet,
        ["examples/life-cycle-hooks-wf-level.yaml"] = NoInternet,
        ["examples/sidecar.yaml"] = "installs a package from the internet, and its sidecar's image is not in the registry",
    };

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    [Fact(Timeout = 420_000)]
    public async Task ExamplesThatUpstreamDemandsToSucceed_RunAsPods_Succeed()
    {
        TestFleet.Require();
        Conformance.Corpus.Require();
        var rows = Conformance.Corpus.Rows().Where(row => row.UpstreamPhase == "Succeeded").ToList();
        Assert.Equal(75, rows.Count);
        await ApplyFixturesAsync();

        using var places = new SemaphoreSlim(AtOnce);
        var ended = await Task.WhenAll(rows.Select(async row =>
        {
            await places.WaitAsync(TestContext.Current.CancellationToken);
            try
            {
                return await RunAsync(row);
            }
            finally
            {
                places.Release();
            }
        }));

        var misses = rows.Zip(ended).Where(run => Story.PhaseOf(run.Second) != "Succeeded").ToList();
        foreach (var (row, workflow) in misses)
        {
            output.WriteLine($"{row}: {(NotHere.TryGetValue(row.File, out var reason) ? $"[{reason}] " : "")}{Story.Of(workflow)}");
        }

        output.WriteLine($"{rows.Count - misses.Count} of {rows.Count} succeeded as pods");
        Assert.Empty(misses.Select(miss => miss.First.File).Except(NotHere.Keys));
        Assert.True(rows.Count - misses.Count >= Demanded, $"only {rows.Count - misses.Count} succeeded");
    }

    // A refusal is an outcome like any other, and so is not to end.
    private async Task<JsonObject> RunAsync(CorpusRow row)
    {
        var manifest = row.Named();
        var (name, refusal) = await fleet.Api.CreateAsync(manifest, TestFleet.Default);
        if (name is null)
        {
            return new JsonObject { ["status"] = new JsonObject { ["phase"] = "Refused", ["message"] = refusal } };
        }

        try
        {
            return await fleet.Api.EndedAsync(TestFleet.Default, name, Patience);
        }
        catch (TimeoutException)
        {
            return await fleet.Api.WorkflowAsync(TestFleet.Default, name);
        }
    }

    /// <summary>The hub has the templates and the ConfigMaps that it reads itself, each cluster what pods mount and may do.</summary>
    private async Task ApplyFixturesAsync()
    {
        foreach (var row in Conformance.Corpus.Rows().Where(row =>
            row.Create == "ok" && row.Kind is "WorkflowTemplate" or "ClusterWorkflowTemplate"))
        {
            await fleet.Api.ApplyAsync(row.Manifest(), TestFleet.Default);
        }

        var configMaps = Conformance.Corpus.Files("examples/configmaps").Select(file => Conformance.Corpus.Read(file)[0].Json).ToList();
        configMaps.Add(new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject { ["name"] = "artifact-repositories" },
            ["data"] = new JsonObject { ["my-key"] = "embedded: {}\n" },
        });
        foreach (var configMap in configMaps)
        {
            await fleet.Api.ApplyAsync(configMap, TestFleet.Default);
        }

        var forClusters = new StringBuilder(await File.ReadAllTextAsync(Manifest.Of("corpus-fixtures.yaml")));
        foreach (var configMap in configMaps)
        {
            forClusters.Append("\n---\n").Append(configMap.ToJsonString());
        }

        await Task.WhenAll(fleet.Clusters.Select(cluster => cluster.Member.ApplyAsync(forClusters.ToString())));
    }
}
