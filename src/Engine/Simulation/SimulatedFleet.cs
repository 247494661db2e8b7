using Argosy.Engine.Placement;
using Argosy.Engine.Workflows;

namespace Argosy.Engine.Simulation;

/// <summary>Clusters that exist in a simulation only: all ready, each as busy as the simulation makes it.</summary>
public sealed class SimulatedFleet(IReadOnlyList<SimulatedCluster> clusters)
{
    private readonly Dictionary<string, int> running = new(StringComparer.Ordinal);

    /// <summary>Chooses as the hub would, and counts the pod there until <see cref="Release"/>.</summary>
    public PlacementDecision Place(PlacementRule rule)
    {
        var decision = Placer.Place(Snapshot(), rule.Cluster, rule.ClusterSelector);
        if (decision.Cluster is { } chosen)
        {
            running[chosen] = running.GetValueOrDefault(chosen) + 1;
        }

        return decision;
    }

    public void Release(string cluster) => running[cluster] = running.GetValueOrDefault(cluster) - 1;

    private FleetSnapshot Snapshot() => new(
        [.. clusters.Select(cluster => new ClusterSnapshot(
            cluster.Name, cluster.Labels, ClusterPhase.Ready, Unschedulable: false, running.GetValueOrDefault(cluster.Name)))],
        HomeCluster: null);
}

public sealed record SimulatedCluster(string Name, IReadOnlyDictionary<string, string> Labels);
