namespace Argosy.Engine.Placement;

/// <summary>What the fleet looked like at one moment.</summary>
/// <param name="HomeCluster">Where nodes without a rule go; null: the least busy cluster that is ready.</param>
public sealed record FleetSnapshot(IReadOnlyList<ClusterSnapshot> Clusters, string? HomeCluster);

/// <param name="Running">Pods that are placed there and have not ended.</param>
public sealed record ClusterSnapshot(
    string Name, IReadOnlyDictionary<string, string> Labels, ClusterPhase Phase, bool Unschedulable, int Running);

public enum ClusterPhase
{
    /// <summary>Declared, but its agent has never connected.</summary>
    Joining,
    Ready,

    /// <summary>Silent for a while.</summary>
    Suspect,

    /// <summary>Silent for long. Unreachable is not dead.</summary>
    Lost,
}
