using Argosy.ControlPlane.Clusters;
using Argosy.Engine.Workflows;

namespace Argosy.ControlPlane.Workflows;

/// <summary>Finds places for one workflow's nodes, and remembers those that found none, so that they can ask again.</summary>
internal sealed class PlacementSearch(string uid, Fleet fleet)
{
    private readonly Dictionary<int, PlacementRule> unplaced = [];
    private bool givenBack;

    /// <summary>Nodes that wait for the fleet to change.</summary>
    public IReadOnlyList<PlaceNode> Unplaced => [.. unplaced.Select(node => new PlaceNode(node.Key, node.Value))];

    public PlacementAnswered Answer(WorkflowState state, PlaceNode place)
    {
        unplaced.Remove(place.Node);
        if (state.At(place.Node) is not { Phase: NodePhase.Pending, Cluster: null } node)
        {
            return new PlacementAnswered(place.Node, null, null);
        }

        var rule = PodRequests.PlacementOf(state, node); // a pod placed since the order may have brought a claim to its cluster
        var decision = fleet.Place(rule.Cluster, rule.ClusterSelector);
        if (decision.Cluster is null)
        {
            // The fleet may have changed between the look and the wait, and would then tell nobody: one more look, now that it would.
            fleet.Await(uid);
            decision = fleet.Place(rule.Cluster, rule.ClusterSelector);
        }

        if (decision.Cluster is null)
        {
            unplaced[place.Node] = rule;
        }

        return new PlacementAnswered(place.Node, decision.Cluster, decision.WhyNot);
    }

    /// <summary>After a restart: counts the pods that the workflow already has in their clusters.</summary>
    public void Reserve(WorkflowState state)
    {
        foreach (var cluster in ClustersOf(state))
        {
            fleet.Reserve(cluster);
        }
    }

    /// <summary>Counts them no longer, for they will not be released one by one. Once: whoever forgets a workflow may have to try again.</summary>
    public void GiveBack(WorkflowState state)
    {
        if (givenBack)
        {
            return;
        }

        givenBack = true;
        foreach (var cluster in ClustersOf(state))
        {
            fleet.Release(cluster);
        }
    }

    private static IEnumerable<string> ClustersOf(WorkflowState state) =>
        state.Nodes.Where(node => node.IsPod && !node.Phase.IsEnd()).Select(node => node.Cluster).OfType<string>();
}
