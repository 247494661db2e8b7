namespace Argosy.Engine.Workflows;

/// <summary>
/// The user's retry: the same workflow again, keeping what succeeded. Failed leaves and everything that came after them are forgotten;
/// the groups around them run again and find out by themselves what is missing.
/// </summary>
internal static class RetryVerb
{
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

        var removed = new HashSet<int>();
        var reopened = new HashSet<int>();
        foreach (var node in state.Nodes)
        {
            if (IsExit(state, node))
            {
                removed.Add(node.Index);
            }
        }

        foreach (var node in state.Nodes.Where(node => IsChosen(state, node, asked)).ToList())
        {
            Forget(state, node, removed);
            Reopen(state, node, removed, reopened);
        }

        reopened.ExceptWith(removed);
        turn.Record(new WorkflowRetried([.. removed.Order()], [.. reopened.Order()], asked.Parameters, turn.Now));
        Recovery.Look(turn);
        return null;
    }

    private static bool IsChosen(WorkflowState state, Node node, RetryAsked asked)
    {
        if (node.Phase.IsFailure() && !IsGroup(node))
        {
            return true;
        }

        // A group that failed although no member did: it could not even call its members.
        if (node.Phase.IsFailure() && node.Members.All(member => !state[member].Phase.IsFailure()))
        {
            return true;
        }

        return asked is { RestartSuccessful: true, Selector: { } selector } && selector.Matches(state, node);
    }

    private static bool IsGroup(Node node) => node.Type is NodeType.Steps or NodeType.StepGroup or NodeType.DAG or NodeType.TaskGroup or NodeType.Retry;

    private static bool IsExit(WorkflowState state, Node node) =>
        node.Is(NodeFlags.OnExit) || (node.Is(NodeFlags.Hooked) && state.At(node.Owner) is null);

    /// <summary>The node itself (all of a Retry it is an attempt of), what it owns, its hooks, and what came after it.</summary>
    private static void Forget(WorkflowState state, Node node, HashSet<int> removed)
    {
        while (node.Is(NodeFlags.Retried) && state.At(node.Owner) is { } retry)
        {
            node = retry;
        }

        if (!removed.Add(node.Index))
        {
            return;
        }

        ForgetBelow(state, node, removed);
        foreach (var hook in HooksOf(state, node))
        {
            removed.Add(hook.Index);
            ForgetBelow(state, hook, removed);
        }

        if (state.At(node.Owner) is not { } owner)
        {
            return;
        }

        switch (owner.Type)
        {
            case NodeType.DAG:
                foreach (var dependent in TemplateLookup.Of(state, owner)!.Dag!.DependentsOf(node.StepName ?? ""))
                {
                    if (state.Find($"{owner.Name}.{dependent}") is { } task)
                    {
                        Forget(state, task, removed);
                    }
                }

                break;
            case NodeType.TaskGroup:
                ForgetDependents(state, owner, removed);
                break;
            case NodeType.StepGroup:
                foreach (var later in state[owner.Owner].Members.Where(group => group > owner.Index))
                {
                    removed.Add(later);
                    ForgetBelow(state, state[later], removed);
                }

                break;
            default:
                break;
        }
    }

    private static void ForgetDependents(WorkflowState state, Node taskGroup, HashSet<int> removed)
    {
        var dag = state[taskGroup.Owner];
        foreach (var dependent in TemplateLookup.Of(state, dag)!.Dag!.DependentsOf(taskGroup.StepName ?? ""))
        {
            if (state.Find($"{dag.Name}.{dependent}") is { } task)
            {
                Forget(state, task, removed);
            }
        }
    }

    private static void ForgetBelow(WorkflowState state, Node node, HashSet<int> removed)
    {
        foreach (var member in node.Members)
        {
            if (removed.Add(member))
            {
                ForgetBelow(state, state[member], removed);
            }
        }
    }

    private static IEnumerable<Node> HooksOf(WorkflowState state, Node node) => state.At(node.Owner)?.Members
        .Select(index => state[index])
        .Where(other => other.Is(NodeFlags.Hooked) && other.Name.StartsWith(node.Name + ".", StringComparison.Ordinal)) ?? [];

    private static void Reopen(WorkflowState state, Node node, HashSet<int> removed, HashSet<int> reopened)
    {
        for (var owner = state.At(node.Owner); owner is not null; owner = state.At(owner.Owner))
        {
            if (!removed.Contains(owner.Index))
            {
                if (!reopened.Add(owner.Index))
                {
                    return;
                }

                ForgetAfter(state, owner, removed);
            }
        }
    }

    // What ran after a group that runs again was built on its old outcome.
    private static void ForgetAfter(WorkflowState state, Node owner, HashSet<int> removed)
    {
        if (owner.Type == NodeType.TaskGroup)
        {
            ForgetDependents(state, owner, removed);
        }
        else if (owner.Type is NodeType.Steps or NodeType.DAG && state.At(owner.Owner) is { } around)
        {
            if (around.Type == NodeType.DAG)
            {
                foreach (var dependent in TemplateLookup.Of(state, around)!.Dag!.DependentsOf(owner.StepName ?? ""))
                {
                    if (state.Find($"{around.Name}.{dependent}") is { } task)
                    {
                        Forget(state, task, removed);
                    }
                }
            }
            else if (around.Type == NodeType.StepGroup)
            {
                foreach (var later in state[around.Owner].Members.Where(group => group > around.Index))
                {
                    if (removed.Add(later))
                    {
                        ForgetBelow(state, state[later], removed);
                    }
                }
            }
        }
    }
}
