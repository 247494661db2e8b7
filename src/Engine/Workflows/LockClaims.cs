using Argosy.Engine.Synchronization;

namespace Argosy.Engine.Workflows;

/// <summary>Locks that the workflow (or one of its nodes) asked for and has not given up.</summary>
public sealed class HeldClaim(long ticket, int node, IReadOnlyList<LockName> locks)
{
    /// <summary>Number of the wish, never used again in this workflow.</summary>
    public long Ticket { get; } = ticket;

    /// <summary>The node they are for; -1: the workflow itself.</summary>
    public int Node { get; } = node;

    public IReadOnlyList<LockName> Locks { get; } = locks;

    public bool Held { get; internal set; }

    /// <summary>The lock it waits for, by upstream's key; null when it is held or was not answered yet.</summary>
    public string? WaitsFor { get; internal set; }

    /// <summary>Who held each lock when it began to wait.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Holders { get; internal set; } = [];
}

/// <summary>The lock claims of one workflow.</summary>
public sealed class LockClaims
{
    /// <summary>Instead of a node: the claim is the workflow's own.</summary>
    public const int OfWorkflow = -1;

    private readonly SortedDictionary<long, HeldClaim> byTicket = [];
    private readonly Dictionary<int, HeldClaim> byNode = [];

    /// <summary>The ticket of the next claim; above 0 once the workflow has asked for a lock.</summary>
    public long Next { get; private set; }

    /// <summary>In the order they were asked for.</summary>
    public IReadOnlyCollection<HeldClaim> All => byTicket.Values;

    /// <summary>How many of them are not held.</summary>
    internal int Waiting { get; private set; }

    public HeldClaim? Find(long ticket) => byTicket.GetValueOrDefault(ticket);

    public HeldClaim? OfNode(int node) => byNode.GetValueOrDefault(node);

    /// <summary>As the status and other workflows' messages name the holder.</summary>
    public static string HolderName(WorkflowState state, int node) => state.At(node) is { } of
        ? $"{state.Namespace}/{state.Name}/{state.IdOf(of)}"
        : $"{state.Namespace}/{state.Name}";

    internal void Apply(LocksAsked asked)
    {
        var claim = new HeldClaim(asked.Ticket, asked.Node, asked.Locks);
        byTicket[asked.Ticket] = claim;
        byNode[asked.Node] = claim;
        Next = asked.Ticket + 1;
        Waiting++;
    }

    internal void Apply(LocksHeld held)
    {
        if (Find(held.Ticket) is { Held: false } claim)
        {
            (claim.Held, claim.WaitsFor, claim.Holders) = (true, null, []);
            Waiting--;
        }
    }

    internal void Apply(LocksAwaited awaited)
    {
        if (Find(awaited.Ticket) is { Held: false } claim)
        {
            (claim.WaitsFor, claim.Holders) = (awaited.Lock, awaited.Holders);
        }
    }

    internal void Drop(long ticket)
    {
        if (byTicket.Remove(ticket, out var claim))
        {
            byNode.Remove(claim.Node);
            Waiting -= claim.Held ? 0 : 1;
        }
    }

    internal void Clear()
    {
        byTicket.Clear();
        byNode.Clear();
        Waiting = 0;
    }
}
