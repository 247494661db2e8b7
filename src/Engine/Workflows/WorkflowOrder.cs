namespace Argosy.Engine.Workflows;

/// <summary>
/// What the world should do about a workflow. Each order follows from the state, so it can be given again after a restart, and each is safe
/// to carry out twice.
/// </summary>
public abstract record WorkflowOrder;

/// <summary>Read an object and answer with <see cref="ResourceAnswered"/>.</summary>
public sealed record ReadResource(ResourceRef Resource) : WorkflowOrder;

/// <summary>Choose a cluster and answer with <see cref="PlacementAnswered"/>.</summary>
public sealed record PlaceNode(int Node, PlacementRule Rule) : WorkflowOrder;

/// <summary>Have the node's pod run in its cluster.</summary>
public sealed record RunNode(int Node) : WorkflowOrder;

/// <summary>Have the node's pod ended.</summary>
public sealed record CancelNode(int Node, string Reason, bool DaemonDone) : WorkflowOrder;

/// <summary>The node is decided: its agent may forget it.</summary>
public sealed record ReleaseNode(int Node) : WorkflowOrder;

/// <summary>Get a claim's locks (<see cref="WorkflowState.Locks"/>), now or when its turn comes; answer with <see cref="LocksGranted"/> and its like.</summary>
public sealed record AskLocks(long Ticket) : WorkflowOrder;

/// <summary>Give up what the claim holds or waits for.</summary>
public sealed record ReleaseLocks(long Ticket) : WorkflowOrder;

/// <summary>Give up all that the workflow holds or waits for except these claims.</summary>
public sealed record KeepLocks(IReadOnlyList<long> Tickets) : WorkflowOrder;

/// <summary>Look up what a node would put out and answer with <see cref="CacheAnswered"/>.</summary>
public sealed record ReadCache(int Node, string Cache, string Key) : WorkflowOrder;

/// <summary>Keep the outputs of a node that succeeded (<see cref="CacheEntry.Of"/>), unless the cache has newer ones.</summary>
public sealed record WriteCache(int Node) : WorkflowOrder;

/// <summary>Note that the node's entry was of use.</summary>
public sealed record TouchCache(int Node) : WorkflowOrder;

/// <summary>Clean something up, and answer with <see cref="ChoreAnswered"/>. Given again until it is answered.</summary>
/// <param name="Node">The node it is about; -1: the whole workflow.</param>
/// <param name="Name">The artifact it is about.</param>
public sealed record DoChore(int Number, ChoreKind Kind, int Node, string? Name) : WorkflowOrder;

/// <summary>Where a node may run, with every tag resolved. Both empty: anywhere.</summary>
public sealed record PlacementRule(string? Cluster, string? ClusterSelector)
{
    public static readonly PlacementRule Anywhere = new(null, null);
}
