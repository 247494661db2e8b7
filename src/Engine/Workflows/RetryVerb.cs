namespace Argosy.Engine.Workflows;

/// <summary>
/// The user's retry: the same workflow again, keeping what succeeded. Failed leaves and everything that came after them are forgotten;
/// the groups around them run again and find out by themselves what is missing.
/// </summary>
internal sealed class RetryVerb
{
    private readonly WorkflowState state;
    private readonly RetryAsked asked;
    private readonly RetryGraph graph;
    private readonly HashSet<int> removed = [];
    private readonly HashSet<int> reopened = [];
    private readonly Stack<Node> toForget = new();

    private RetryVerb(WorkflowState state, RetryAsked asked)
    {
        this.state = state;
        this.asked = asked;
        graph = new RetryGraph(state, node => IsSelected(node));
    }

    /// <returns>Why it is refused; null: the workflow runs again.</returns>
    public static string? Apply(Turn turn, RetryAsked asked)
    {
        var state = turn.State;
        switch (state.Phase)
        {
            case WorkflowPhase.Succeeded when !(asked.RestartSuccessful && asked.Selector is not null):
                return "To retry a succeeded workflow, set the options restartSuccessful and nodeFieldSelector";
            case WorkflowPhase.Failed or WorkflowPhase.Error or WorkflowPhase.Succeeded:
                break;
            default:
                return $"Cannot retry a workflow in phase {state.Phase.ToText()}";
        }

        var verb = new RetryVerb(state, asked);
        verb.Choose();
        turn.Record(new WorkflowRetried([.. verb.removed.Order()], [.. verb.reopened.Order()], asked.Parameters, turn.Now));
        if (asked.Postponed)
        {
            turn.Record(new WorkflowPostponed(true, turn.Now));
        }
        else if (state.Spec?.Synchronization is not null)
        {
            turn.Record(new WorkflowPhaseChanged(WorkflowPhase.Pending, null, turn.Now)); // until it has its locks again
        }

        if (asked.Parameters.Count > 0)
        {
            Rebinding.Renew(turn, verb.reopened.Order());
        }

        if (state.Phase == WorkflowPhase.Running)
        {
            Locks.AskAgain(turn, state.Nodes);
        }

        Recovery.Look(turn);
        return null;
    }

    private bool IsSelected(Node node) => asked is { RestartSuccessful: true, Selector: { } selector } && selector.Matches(state, node);

    private void Choose()
    {
        foreach (var node in state.Nodes.Where(node => node.Name.StartsWith(NodeNames.Exit(state.Name), StringComparison.Ordinal)))
        {
            removed.Add(node.Index); // the exit handler runs anew
        }

        foreach (var node in state.Nodes)
        {
            if (!removed.Contains(node.Index))
            {
                Consider(node);
            }
        }

        if (asked.Parameters.Count > 0)
        {
            foreach (var index in reopened.Where(index => state[index].Type is NodeType.StepGroup or NodeType.TaskGroup).ToList())
            {
                ForgetBelow(state[index]); // it calls its members again, with the new values
            }
        }

        reopened.ExceptWith(removed);
    }

    private void Consider(Node node)
    {
        if (IsSelected(node))
        {
            Forget(node.Type == NodeType.Container ? state[node.Owner] : node);
        }
        else if (!node.Phase.IsFailure())
        {
            return;
        }
        else if (IsLeaf(node))
        {
            ConsiderFailedLeaf(node);
        }
        else if (!IsPartOfHook(node) && Superseded(node) is null && node.Members.All(member => !state[member].Phase.IsFailure()))
        {
            Reopen(node); // it was stopped between its members, or could not call the next: they need not run again
        }
    }

    private void ConsiderFailedLeaf(Node node)
    {
        if (node.Type == NodeType.Container)
        {
            node = state[node.Owner]; // a pod runs as a whole
        }

        if (Superseded(node) is { } retry)
        {
            if (retry.Phase.IsFailure())
            {
                removed.Add(node.Index); // its attempt stays as history; a later one goes on
                ForgetBelow(node);
            }
        }
        else if (!graph.HasSucceededAfter(RetryOf(node) ?? node))
        {
            Forget(node);
        }
    }

    /// <summary>Not a group, or one that failed before it had any member.</summary>
    private static bool IsLeaf(Node node) =>
        node.Members.Count == 0 || node.Type is not (NodeType.Steps or NodeType.StepGroup or NodeType.DAG or NodeType.TaskGroup or NodeType.Retry);

    private Node? RetryOf(Node node) => node.Is(NodeFlags.Retried) && state.At(node.Owner) is { Type: NodeType.Retry } retry ? retry : null;

    /// <summary>The Retry around the node that has made another attempt since; null: none has.</summary>
    private Node? Superseded(Node node)
    {
        for (var around = node; around is not null; around = state.At(around.Owner))
        {
            // Attempts that are leaves are taken together, with their Retry.
            if (RetryOf(around) is { } retry && retry.Members[^1] != around.Index && !IsLeaf(around))
            {
                return retry;
            }
        }

        return null;
    }

    private bool IsPartOfHook(Node node)
    {
        for (var around = node; around is not null; around = state.At(around.Owner))
        {
            if (around.Is(NodeFlags.Hooked))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Forgets the node (all attempts, where it is one that is a leaf), what it owns, its hooks and what came after; what is around it runs again.</summary>
    private void Forget(Node node)
    {
        toForget.Push(node);
        while (toForget.TryPop(out var next))
        {
            if (RetryOf(next) is { } retry)
            {
                ForgetAttempts(retry);
            }
            else if (removed.Add(next.Index))
            {
                ForgetBelow(next);
                ForgetHooksOf(next);
                ForgetAfter(next);
                Reopen(state.At(next.Owner));
            }
        }
    }

    private void ForgetAttempts(Node retry)
    {
        if (asked.Parameters.Count > 0)
        {
            if (removed.Add(retry.Index))
            {
                ForgetHooksOf(retry);
                ForgetAfter(retry);
                Reopen(state.At(retry.Owner)); // called again, it is given the new values
            }
        }
        else
        {
            Reopen(retry);
        }

        ForgetBelow(retry);
    }

    private void ForgetBelow(Node node)
    {
        foreach (var member in node.Members)
        {
            removed.Add(member);
            ForgetBelow(state[member]);
        }
    }

    private void ForgetHooksOf(Node node)
    {
        foreach (var hook in (state.At(node.Owner)?.Members ?? []).Select(index => state[index]))
        {
            if (hook.Is(NodeFlags.Hooked) && NodeNames.Hooked(hook.Name) == node.Name && removed.Add(hook.Index))
            {
                ForgetBelow(hook);
            }
        }
    }

    /// <summary>What ran after the node was built on its outcome: later groups of steps, tasks that depend on it.</summary>
    private void ForgetAfter(Node node)
    {
        foreach (var later in graph.After(node))
        {
            toForget.Push(later);
        }
    }

    private void Reopen(Node? group)
    {
        for (; group is not null && reopened.Add(group.Index); group = state.At(group.Owner))
        {
            ForgetHooksOf(group);
            ForgetAfter(group);
        }

        while (toForget.TryPop(out var next))
        {
            Forget(next);
        }
    }
}
