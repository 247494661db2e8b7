using System.Text.Json.Nodes;
using Argosy.Engine.Simulation;
using Argosy.Engine.Workflows;

namespace Argosy.Engine.Tests.Workflows;

/// <summary>Ids end in a hash of 32 bits, so that large workflows have nodes whose names share one.</summary>
public sealed class NodeIdTests
{
    // The names of these two nodes have one hash: found by trying.
    private const string Workflow = "bench";
    private const string First = "bench[0].each(8204:8204)";
    private const string Second = "bench[0].each(19084:19084)";

    private static readonly JsonObject Manifest = (JsonObject)JsonNode.Parse($$$"""
        {
          "metadata": {"name": "{{{Workflow}}}", "uid": "uid"},
          "spec": {
            "entrypoint": "main",
            "templates": [
              {"name": "main", "steps": [[{"name": "each", "template": "leaf", "withSequence": {"count": "19085"}}]]},
              {"name": "leaf", "container": {"image": "i", "command": ["c"]}}
            ]
          }
        }
        """)!;

    private static readonly Lazy<(WorkflowState State, IReadOnlyList<WorkflowFact> Facts)> Ended = new(Run);

    [Fact]
    public void NodesWhoseNamesHaveOneHash_EachHaveAnIdAndAPodOfTheirOwn_AndBothEnd()
    {
        var (state, _) = Ended.Value;
        var nodes = state.Nodes.ToList();

        Assert.Equal(NodeNames.Fnv1a(First), NodeNames.Fnv1a(Second));
        Assert.Equal(nodes.Count, nodes.Select(state.IdOf).Distinct().Count());
        Assert.Equal(nodes.Count, nodes.Select(node => NodeNames.Pod(state, node)).Distinct().Count());
        Assert.All(nodes.Where(node => node.Name != Second), node => Assert.Equal(NodeNames.Id(Workflow, node.Name), state.IdOf(node)));
        Assert.Equal(WorkflowPhase.Succeeded, state.Phase);
    }

    [Fact]
    public void NodesWhoseNamesHaveOneHash_AreReplayedShownAndFoundUnderTheirIds()
    {
        var (state, facts) = Ended.Value;
        var replayed = new WorkflowState();
        foreach (var fact in FactCodec.Decode(FactCodec.Encode(facts)))
        {
            replayed.Apply(fact);
        }

        var shown = WorkflowStatusView.Render(state)["nodes"]!.AsObject();
        Assert.Equal(state.Nodes.Count(), shown.Count);
        foreach (var name in new[] { First, Second })
        {
            var id = state.IdOf(state.Find(name)!);
            Assert.Equal(id, replayed.IdOf(replayed.Find(name)!));
            Assert.Equal(name, replayed.FindById(id)!.Name);
            Assert.Equal(name, (string?)shown[id]!["name"]);
        }
    }

    [Fact]
    public void MemoizedCopy_OfNodesWhoseNamesHaveOneHash_KeepsBoth()
    {
        var (state, _) = Ended.Value;
        var workflow = (JsonObject)Manifest.DeepClone();
        workflow["status"] = WorkflowStatusView.Render(state);

        var copied = MemoizedCopy.StatusOf(workflow, Workflow, DateTimeOffset.UnixEpoch)["nodes"]!.AsObject();

        Assert.Equal(state.Nodes.Count(), copied.Count);
    }

    private static (WorkflowState State, IReadOnlyList<WorkflowFact> Facts) Run()
    {
        var simulator = new Simulator(_ => LeafOutcome.Succeeds, _ => null);
        return (simulator.Run((JsonObject)Manifest.DeepClone()), simulator.Facts);
    }
}
