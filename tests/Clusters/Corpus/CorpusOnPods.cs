using System.Text;
using System.Text.Json.Nodes;
using Argosy.Clusters.Hubs;
using Argosy.Clusters.Members;
using Argosy.Conformance;
using Argosy.Scenarios.Corpus;
using Argosy.Scenarios.Hubs;

namespace Argosy.Clusters.Corpus;

/// <summary>Upstream's examples as pods of real clusters: the documents that its own runner demands to succeed.</summary>
[Collection(AloneCollection.Name)]
public sealed class CorpusOnPods(TestFleet fleet, ITestOutputHelper output)
{
    private const int AtOnce = 12;
    private const int Demanded = 68;

    private const string PatchesItsPod = "patches the pod of its own step; a resource template has none here, the agent does it without";

    /// <summary>What does not succeed on the tests' clusters, and why.</summary>
    private static readonly Dictionary<string, string> NotHere = new(StringComparer.Ordinal)
    {
        ["examples/map-reduce.yaml"] = "makes a folder in /mnt, which the registry's python image has not",
        ["examples/sidecar-nginx.yaml"] = "its sidecar runs nginx; the registry's image of that name holds another web server",
        ["examples/artifact-passing-explicit-plugin.yaml"] = "its artifact lies with a driver plugin, an image of its author's",
        ["examples/k8s-patch-json-pod.yaml"] = PatchesItsPod,
        ["examples/k8s-patch-merge-pod.yaml"] = PatchesItsPod,
        ["examples/sidecar.yaml"] = "installs a package from the internet, and its sidecar's image is not in the registry",
    };

    /// <summary>Lose one run in eighty by their own dice, and are then run once more.</summary>
    private static readonly string[] Dice = ["examples/retry-container.yaml", "examples/retry-script.yaml"];

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    [Fact]
    public void WhatDoesNotSucceedHere_IsDemandedByUpstream()
    {
        Conformance.Corpus.Require();

        Assert.Empty(NotHere.Keys.Except(Conformance.Corpus.Rows().Where(row => row.UpstreamPhase == "Succeeded").Select(row => row.File)));
    }

    [Fact(Timeout = 420_000)]
    public async Task ExamplesThatUpstreamDemandsToSucceed_RunAsPods_Succeed()
    {
        TestFleet.Require();
        Conformance.Corpus.Require();
        var rows = Conformance.Corpus.Rows().Where(row => row.UpstreamPhase == "Succeeded").ToList();
        Assert.Equal(75, rows.Count);
        await using var internet = new CannedInternet();
        await Task.WhenAll(fleet.Clusters.Select(cluster => ConnectAsync(cluster, internet)));
        await ApplyFixturesAsync();

        // Those that cannot succeed here are tried, and not waited for.
        var tried = await Task.WhenAll(rows.Where(row => NotHere.ContainsKey(row.File)).Select(async row => (Row: row, Run: await CreateAsync(row))));
        using var places = new SemaphoreSlim(AtOnce);
        var ended = (await Task.WhenAll(rows.Where(row => !NotHere.ContainsKey(row.File)).Select(async row =>
        {
            await places.WaitAsync(TestContext.Current.CancellationToken);
            try
            {
                var workflow = await EndedAsync(await CreateAsync(row));
                return (Row: row, Workflow: Dice.Contains(row.File) && Story.PhaseOf(workflow) == "Failed" ? await EndedAsync(await CreateAsync(row, "-again")) : workflow);
            }
            finally
            {
                places.Release();
            }
        }))).ToList();
        foreach (var (row, run) in tried)
        {
            ended.Add((row, run.Name is null ? Refused(run.Refusal) : await fleet.Api.WorkflowAsync(TestFleet.Default, run.Name)));
            if (run.Name is not null)
            {
                await fleet.Api.DeleteAsync(TestFleet.Default, run.Name);
            }
        }

        var misses = ended.Where(run => Story.PhaseOf(run.Workflow) != "Succeeded").ToList();
        foreach (var (row, workflow) in misses)
        {
            Say($"{row}: {(NotHere.TryGetValue(row.File, out var reason) ? $"[{reason}] " : "")}{Story.Of(workflow)}");
        }

        Say($"{rows.Count - misses.Count} of {rows.Count} succeeded as pods");
        Assert.Empty(misses.Select(miss => miss.Row.File).Except(NotHere.Keys));
        Assert.True(rows.Count - misses.Count >= Demanded, $"only {rows.Count - misses.Count} succeeded");
    }

    /// <summary>For whoever reads the run, also one that passes: ARGOSY_TEST_TALLY may name a file for it.</summary>
    private void Say(string line)
    {
        output.WriteLine(line);
        if (Environment.GetEnvironmentVariable("ARGOSY_TEST_TALLY") is { Length: > 0 } tally)
        {
            File.AppendAllText(tally, line + "\n");
        }
    }

    /// <summary>Has an agent ask the one host on the internet that examples name by way of its stand-in. It is started anew for that, with the identity it has.</summary>
    private async Task ConnectAsync(JoinedCluster cluster, CannedInternet internet)
    {
        const string Trusted = "/etc/internet";
        var file = Path.Combine(fleet.Folder.Home, $"{cluster.Member.Name}.pem");
        var environment = internet.Environment(file);
        environment["SSL_CERT_FILE"] = $"{Trusted}/internet.pem";
        await cluster.Member.ApplyAsync($$$"""
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "internet", "namespace": "{{{JoinedCluster.AgentNamespace}}}"},
             "data": {"internet.pem": {{{JsonValue.Create(await File.ReadAllTextAsync(file)).ToJsonString()}}}}}
            """);
        var pod = new JsonObject
        {
            ["volumes"] = new JsonArray(new JsonObject { ["name"] = "internet", ["configMap"] = new JsonObject { ["name"] = "internet" } }),
            ["containers"] = new JsonArray(new JsonObject
            {
                ["name"] = "agent",
                ["env"] = new JsonArray([.. environment.Select(variable => new JsonObject { ["name"] = variable.Key, ["value"] = variable.Value })]),
                ["volumeMounts"] = new JsonArray(new JsonObject { ["name"] = "internet", ["mountPath"] = Trusted }),
            }),
        };
        var patch = new JsonObject { ["spec"] = new JsonObject { ["template"] = new JsonObject { ["spec"] = pod } } };
        (await cluster.Member.KubectlAsync(
            "patch", JoinedCluster.AgentDeployment, "--namespace", JoinedCluster.AgentNamespace, "--patch", patch.ToJsonString())).Succeeded();
        (await cluster.Member.KubectlAsync(
            "rollout", "status", JoinedCluster.AgentDeployment, "--namespace", JoinedCluster.AgentNamespace, "--timeout=90s")).Succeeded();
        await fleet.ReadyAsync(cluster);
    }

    private Task<(string? Name, string? Refusal)> CreateAsync(CorpusRow row, string suffix = "")
    {
        var manifest = row.Named();
        manifest["metadata"]!["name"] = (string)manifest["metadata"]!["name"]! + suffix;
        return fleet.Api.CreateAsync(manifest, TestFleet.Default);
    }

    // A refusal is an outcome like any other, and so is not to end.
    private async Task<JsonObject> EndedAsync((string? Name, string? Refusal) run)
    {
        if (run.Name is null)
        {
            return Refused(run.Refusal);
        }

        try
        {
            return await fleet.Api.EndedAsync(TestFleet.Default, run.Name, Patience);
        }
        catch (TimeoutException)
        {
            return await fleet.Api.WorkflowAsync(TestFleet.Default, run.Name);
        }
    }

    private static JsonObject Refused(string? why) => new() { ["status"] = new JsonObject { ["phase"] = "Refused", ["message"] = why } };

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
