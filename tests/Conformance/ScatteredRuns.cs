using System.Text.Json.Nodes;
using Argosy.Engine.Placement;
using Argosy.Engine.Simulation;
using Argosy.Engine.Workflows;

namespace Argosy.Conformance;

/// <summary>
/// Upstream's examples, each leaf in one of three clusters by chance, and what the clusters say heard in any order: a workflow does not
/// notice where its leaves run.
/// </summary>
public sealed class ScatteredRuns(ITestOutputHelper output)
{
    private const int Seeds = 5;
    private static readonly string[] Clusters = ["east", "north", "west"];

    [Fact]
    public void Examples_ScatteredOverThreeClusters_EndWithTheSameCanonicalStatusAsInOne()
    {
        Corpus.Require();
        List<string> differences = [];
        HashSet<string> used = [];
        var rows = SimulatedRuns.Rows().ToList();
        foreach (var row in rows)
        {
            var together = Canonical(Simulated(row, null));
            for (var seed = 1; seed <= Seeds; seed++)
            {
                var scattered = Simulated(row, new Random(seed));
                used.UnionWith(scattered.Nodes.Select(node => node.Cluster).OfType<string>());
                if (Canonical(scattered) is var status && status != together)
                {
                    differences.Add($"{row["file"]} with seed {seed}:\n  in one    {together}\n  scattered {status}");
                }
            }
        }

        output.WriteLine($"{rows.Count} rows, {Seeds} times each");
        Assert.Equal(118, rows.Count);
        Assert.Equal(Clusters, used.Order());
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    private static WorkflowState Simulated(JsonObject row, Random? chance)
    {
        var leaves = row["simulated"]!["leaves"]!;
        var simulator = new Simulator(node => SimulatedRuns.Outcome(leaves[node.Name]), SimulatedRuns.Resource)
        {
            Place = _ => new PlacementDecision(chance is null ? "one" : Clusters[chance.Next(Clusters.Length)], []),
            Next = many => chance?.Next(many) ?? 0,
        };
        return simulator.Run(SimulatedRuns.Manifest(row));
    }

    /// <summary>The whole status, but for where each leaf ran, in an order of its own.</summary>
    private static string Canonical(WorkflowState state)
    {
        var status = WorkflowStatusView.Render(state);
        var nodes = status["nodes"]!.AsObject().Select(pair => (JsonObject)pair.Value!.DeepClone()).OrderBy(node => (string)node["name"]!, StringComparer.Ordinal).ToList();
        nodes.ForEach(node => node.Remove("cluster"));
        status.Remove("clusters");
        status["nodes"] = new JsonArray([.. nodes]);
        return status.ToJsonString();
    }
}
