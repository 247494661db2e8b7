using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;
using Argosy.Engine.Synchronization;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>Asking for locks, and what the answers mean. A lock is given up with the node or workflow it was for.</summary>
internal static class Locks
{
    /// <summary>Asks for the locks that the workflow as a whole wants.</summary>
    /// <returns>Whether it has them, or wants none.</returns>
    public static bool HasWorkflowLocks(Turn turn)
    {
        var state = turn.State;
        if (state.Locks.OfNode(LockClaims.OfWorkflow) is { } claim)
        {
            return claim.Held;
        }

        if (state.Spec!.Synchronization is not { } synchronization)
        {
            return true;
        }

        LockRequest request;
        try
        {
            request = Read(state, synchronization, new WorkflowVariables(state, turn.Now));
        }
        catch (ExpressionException failure)
        {
            request = new LockRequest([], failure.Message);
        }

        if (request.Error is { } error)
        {
            Fail(turn, error);
            return false;
        }

        if (request.Locks.Count == 0)
        {
            return true;
        }

        Ask(turn, LockClaims.OfWorkflow, request.Locks);
        return false;
    }

    /// <summary>Asks for the locks that a node's template wants; a node whose wish makes no sense ends in Error.</summary>
    public static void AskFor(Turn turn, Node node, JsonTags synchronization)
    {
        var request = Read(turn.State, synchronization, VariablesOf(turn, node));
        if (request.Error is { } error)
        {
            turn.End(node, NodePhase.Error, error);
        }
        else if (request.Locks.Count > 0)
        {
            Ask(turn, node.Index, request.Locks);
        }
    }

    /// <summary>
    /// The user's retry: what runs again wants its locks again, the outer before the inner ones as at first. Who held an inner lock while it
    /// waited for an outer one could stand in the way of the outer one's holder for ever.
    /// </summary>
    /// <param name="nodes">Those that may run now, in order of creation.</param>
    public static void AskAgain(Turn turn, IEnumerable<Node> nodes)
    {
        var state = turn.State;
        foreach (var node in nodes.Where(node => node is { IsFulfilled: false, Waits: false, Type: NodeType.Steps or NodeType.DAG or NodeType.Retry }).ToList())
        {
            if (!node.Is(NodeFlags.Retried) && !LockOut(state, node) && state.Locks.OfNode(node.Index) is null
                && TemplateLookup.Of(state, node)?.Synchronization is { } synchronization)
            {
                AskFor(turn, node, synchronization);
            }
        }
    }

    /// <summary>Has every claim asked for again and frees whatever else the workflow may hold: after a restart nobody knows what got through.</summary>
    public static void Reassert(Turn turn)
    {
        var claims = turn.State.Locks;
        if (claims.Next == 0)
        {
            return;
        }

        turn.Order(new KeepLocks([.. claims.All.Select(claim => claim.Ticket)]));
        foreach (var claim in claims.All)
        {
            turn.Order(new AskLocks(claim.Ticket)); // held ones too: the answer changes nothing, but nobody else may have them
        }
    }

    public static void Grant(Turn turn, long ticket)
    {
        var state = turn.State;
        if (state.Locks.Find(ticket) is not { } claim)
        {
            turn.Order(new ReleaseLocks(ticket)); // nobody wants it any more
            return;
        }

        if (claim.Held)
        {
            return;
        }

        turn.Record(new LocksHeld(ticket));
        turn.Notify(claim.Node);
        if (state.At(claim.Node) is { Waits: false } node)
        {
            AskAgain(turn, Below(state, node));
            Shutdowns.NotifyGroups(turn); // it runs again, and all that is in it
        }
    }

    public static void Await(Turn turn, LocksQueued queued)
    {
        if (turn.State.Locks.Find(queued.Ticket) is { Held: false } claim
            && (claim.WaitsFor != queued.Lock || (turn.State.At(claim.Node)?.Message ?? turn.State.Message) != queued.Message))
        {
            turn.Record(new LocksAwaited(queued.Ticket, queued.Message, queued.Lock, queued.Holders));
        }
    }

    public static void Refuse(Turn turn, LocksRefused refused)
    {
        var state = turn.State;
        if (state.Locks.Find(refused.Ticket) is not { Held: false } claim)
        {
            return;
        }

        if (state.At(claim.Node) is { } node)
        {
            turn.End(node, NodePhase.Error, refused.Message);
        }
        else
        {
            Fail(turn, refused.Message);
        }
    }

    /// <summary>The node has ended, or counts as done: whoever waits for its locks may have them.</summary>
    public static void GiveUp(Turn turn, Node node)
    {
        if (turn.State.Locks.OfNode(node.Index) is { } claim)
        {
            turn.Record(new LocksGivenUp(claim.Ticket));
            turn.Order(new ReleaseLocks(claim.Ticket));
        }
    }

    /// <summary>Whether the node has not what it needs to start, or to run again.</summary>
    public static bool Lacks(WorkflowState state, Node node) => node.Waits || state.Locks.OfNode(node.Index) is { Held: false };

    /// <summary>Whether the node or something around it waits for a lock.</summary>
    public static bool LockOut(WorkflowState state, Node node)
    {
        if (state.Locks.Waiting == 0)
        {
            return false;
        }

        for (var around = node; around is not null; around = state.At(around.Owner))
        {
            if (state.Locks.OfNode(around.Index) is { Held: false })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What a node's synchronization and memoize blocks may refer to.</summary>
    public static IVariables VariablesOf(Turn turn, Node node) => new LocalVariables(
        new Dictionary<string, string>(StringComparer.Ordinal) { ["node.name"] = node.Name },
        new LayeredVariables(new InputVariables(node.Inputs), new WorkflowVariables(turn.State, node.StartedAt)));

    private static IEnumerable<Node> Below(WorkflowState state, Node node) =>
        node.Members.Select(member => state[member]).SelectMany(member => Below(state, member).Prepend(member));

    private static void Ask(Turn turn, int node, IReadOnlyList<LockName> locks)
    {
        var ticket = turn.State.Locks.Next;
        turn.Record(new LocksAsked(ticket, node, locks));
        turn.Order(new AskLocks(ticket));
    }

    private static LockRequest Read(WorkflowState state, JsonTags synchronization, IVariables variables)
    {
        var rendered = synchronization.Render(variables);
        return rendered.Unresolved.Concat(rendered.Absent).FirstOrDefault() is { } tag
            ? new LockRequest([], $"failed to resolve {{{{{tag}}}}}")
            : LockRequest.Read((JsonObject)rendered.Json!, state.Namespace);
    }

    private static void Fail(Turn turn, string error) =>
        WorkflowEnd.Reach(turn, WorkflowPhase.Failed, $"Failed to acquire the synchronization lock. {error}");
}
