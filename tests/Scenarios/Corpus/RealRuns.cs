using System.Text;
using System.Text.Json.Nodes;
using Argosy.Conformance;
using Argosy.Scenarios.Hubs;

namespace Argosy.Scenarios.Corpus;

/// <summary>Upstream's examples run for real: the documents that its own runner demands to succeed.</summary>
public sealed class RealRuns(ITestOutputHelper output)
{
    // What an embedded cluster cannot run, and why.
    private static readonly Dictionary<string, string> NotHere = new(StringComparer.Ordinal)
    {
        ["examples/artifact-passing-explicit-plugin.yaml"] = "its artifact lies with a driver plugin, which runs beside a pod of a real cluster",
        ["examples/k8s-patch-json-pod.yaml"] = "patches its own pod: needs the API server of a real cluster",
        ["examples/k8s-patch-merge-pod.yaml"] = "patches its own pod: needs the API server of a real cluster",
    };

    // Its server's probe asks for this machine's port 80, which not everybody may listen on.
    private const string AsksForPort80 = "examples/daemon-nginx.yaml";

    [Fact]
    public async Task ExamplesThatUpstreamDemandsToSucceed_RunOnEmbeddedClusters_Succeed()
    {
        Conformance.Corpus.Require();
        var lacking = CorpusShims.Needed.Where(program => ShimFolder.Installed(program) is null).ToList();
        Assert.SkipWhen(lacking.Count > 0, $"this machine lacks {string.Join(", ", lacking)}, which examples run");
        var rows = Conformance.Corpus.Rows().Where(row => row.UpstreamPhase == "Succeeded").ToList();
        Assert.Equal(75, rows.Count);

        var mayServeHttp = CorpusShims.MayListenOn(CorpusShims.HttpPort);
        await using var hub = await CorpusHub.StartAsync();
        await hub.ApplyFixturesAsync();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(3));
        var ended = await hub.RunAsync([.. rows.Select(row => row.Named())], atOnce: 12, patience.Token);

        var misses = new List<string>();
        foreach (var (row, workflow) in rows.Zip(ended))
        {
            var phase = (string?)workflow["status"]?["phase"] ?? "not taken up";
            if (phase != "Succeeded")
            {
                misses.Add(row.File);
                output.WriteLine(Describe(row, phase, workflow));
            }
        }

        output.WriteLine($"{rows.Count - misses.Count} of {rows.Count} succeeded");
        var reasons = mayServeHttp ? NotHere.Keys : NotHere.Keys.Append(AsksForPort80);
        Assert.Equal(reasons.Order(StringComparer.Ordinal), misses.Order(StringComparer.Ordinal));
        Assert.True(rows.Count - misses.Count >= 65);
    }

    private static string Describe(CorpusRow row, string phase, JsonObject workflow)
    {
        var text = new StringBuilder($"{row}: {phase} {workflow["status"]?["message"]}");
        text.Append(NotHere.TryGetValue(row.File, out var reason) ? $" [{reason}]" : "");
        foreach (var (_, node) in workflow["status"]?["nodes"] as JsonObject ?? [])
        {
            if ((string?)node!["phase"] is not "Succeeded")
            {
                text.Append($"\n    {node["name"]} {node["type"]} {node["phase"]} {node["message"]}");
            }
        }

        return text.ToString();
    }
}
