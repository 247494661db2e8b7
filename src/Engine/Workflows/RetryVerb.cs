namespace Argosy.Engine.Workflows;

/// <summary>
/// The user's retry: the same workflow again, keeping what succeeded. Failed leaves and everything that came after them are forgotten;
/// the groups around them run again and find out by themselves what is missing.
/// </summary>
internal sealed class RetryVerb
{
    private readonly WorkflowState state;
    private readonly HashSet<int> removed = [];
    private readonly HashSet<int> reopened = [];
    private readonly Stack<Node> toForget = new();

    private RetryVerb(WorkflowState state) => this.state = state;

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

        var verb = new RetryVerb(state);
        verb.Choose(asked);
        turn.Record(new WorkflowRetried([.. verb.removed.Order()], [.. verb.reopened.Order()], asked.Parameters, turn.Now));
        if (asked.Postponed)
        {
            turn.Record(new WorkflowPostponed(true, turn.Now));
        }
        else if (state.Spec?.Synchronization is not null)
        {
            turn.Record(new WorkflowPhaseChanged(WorkflowPhase.Pending, null, turn.Now)); // until it has its locks again
        }

        Locks.AskAgain(turn, [.. verb.reopened.Order()]);
        Recovery.Look(turn);
        return null;
    }

    private void Choose(RetryAsked asked)
    {
        foreach (var node in state.Nodes)
        {
            if (node.Is(NodeFlags.OnExit) || (node.Is(NodeFlags.Hooked) && state.At(node.Owner) is null))
            {
                removed.Add(node.Index); // exit handlers and hooks of the workflow run anew
            }
        }

        foreach (var node in state.Nodes)
        {
            if (node.Type == NodeType.Container || removed.Contains(node.Index) || IsBesideThePoint(node))
            {
                continue;
            }

            if (asked is { RestartSuccessful: true, Selector: { } selector } && selector.Matches(state, node))
            {
                Forget(node);
            }
            else if (node.Phase.IsFailure() && (!IsGroup(node) || node.Members.Count == 0))
            {
                Forget(node);
            }
            else if (node.Phase.IsFailure() && node.Members.All(member => !state[member].Phase.IsFailure()))
            {
                Reopen(node); // it was stopped between its members, or could not call the next: they need not run again
            }
        }

        reopened.ExceptWith(removed);
    }

    private static bool IsGroup(Node node) => node.Type is NodeType.Steps or NodeType.StepGroup or NodeType.DAG or NodeType.TaskGroup or NodeType.Retry;

    /// <summary>Part of a hook, whose failure fails nothing, or of an attempt that another attempt made up for.</summary>
    private bool IsBesideThePoint(Node node)
    {
        for (var around = node; around is not null; around = state.At(around.Owner))
        {
            if (around.Is(NodeFlags.Hooked)
                || (around.Is(NodeFlags.Retried) && state.At(around.Owner) is { } retry && retry.Members[^1] != around.Index))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Forgets the node (all of a Retry it is an attempt of), what it owns, its hooks and what came after; what is around it runs again.</summary>
    private void Forget(Node node)
    {
        toForget.Push(node);
        while (toForget.TryPop(out var next))
        {
            while (next.Is(NodeFlags.Retried) && state.At(next.Owner) is { } retry)
            {
                next = retry;
            }

            if (removed.Add(next.Index))
            {
                ForgetBelow(next);
                ForgetHooksOf(next);
                ForgetAfter(next);
                Reopen(state.At(next.Owner));
            }
        }
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
        var owner = state.At(node.Owner);
        switch (owner?.Type)
        {
            case NodeType.DAG:
                ForgetDependents(owner, node.StepName);
                break;
            case NodeType.TaskGroup:
                ForgetDependents(state[owner.Owner], owner.StepName);
                break;
            case NodeType.StepGroup:
                foreach (var later in state[owner.Owner].Members.Where(group => group > owner.Index))
                {
                    removed.Add(later);
                    ForgetBelow(state[later]);
                }

                break;
            default:
                break;
        }
    }

    private void ForgetDependents(Node dag, string? task)
    {
        foreach (var dependent in TemplateLookup.Of(state, dag)?.Dag?.DependentsOf(task ?? "") ?? [])
        {
            if (state.Find($"{dag.Name}.{dependent}") is { } node)
            {
                toForget.Push(node);
            }
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
