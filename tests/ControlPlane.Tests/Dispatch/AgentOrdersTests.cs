using System.Text.Json.Nodes;
using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Dispatch;
using Argosy.Engine.Workflows;

namespace Argosy.ControlPlane.Tests.Dispatch;

public sealed class AgentOrdersTests
{
    [Theory]
    [InlineData("", 30u)]
    [InlineData(""","podSpecPatch":"terminationGracePeriodSeconds: 300" """, 300u)]
    [InlineData(""","podSpecPatch":"{\"terminationGracePeriodSeconds\":0}" """, 0u)]
    public void Grace_IsThePods_AsItsPatchesLeaveIt(string patch, uint seconds)
    {
        var intent = Intent($$"""
            {"entrypoint":"a","podSpecPatch":"terminationGracePeriodSeconds: 30",
             "templates":[{"name":"a","container":{"image":"busybox","command":["true"]}{{patch}} }]}
            """);

        Assert.Equal(seconds, intent.TerminationGraceSeconds);
    }

    [Fact]
    public void Grace_ThatNobodyAskedFor_IsKubernetesOwn()
    {
        var intent = Intent("""{"entrypoint":"a","templates":[{"name":"a","container":{"image":"busybox","command":["true"]}}]}""");

        Assert.Equal(30u, intent.TerminationGraceSeconds);
    }

    /// <summary>What the agent of a Kubernetes cluster is told of the only node of a workflow.</summary>
    private static PodIntent Intent(string spec)
    {
        var state = new WorkflowState();
        var decision = WorkflowDecider.Decide(state, new Submitted((JsonObject)JsonNode.Parse($$"""
            {"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow","metadata":{"name":"wf","namespace":"default","uid":"uid-1"},"spec":{{spec}}}
            """)!, null), DateTimeOffset.UnixEpoch);
        var place = Assert.Single(decision.Orders.OfType<PlaceNode>());
        var run = WorkflowDecider.Decide(state, new PlacementAnswered(place.Node, "cluster", null), DateTimeOffset.UnixEpoch).Orders.OfType<RunNode>().Single();
        return AgentOrders.Write(state, run, _ => false)!.Value.Message.Run;
    }
}
