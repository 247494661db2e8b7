namespace Argosy.Engine.Workflows;

/// <summary>The user's verbs on a workflow that exists. Each answers null, or why it is refused.</summary>
internal static class Verbs
{
    public static string? Suspend(Turn turn)
    {
        if (turn.State.Phase.IsEnd())
        {
            return "cannot suspend completed workflows";
        }

        if (!turn.State.Suspended)
        {
            turn.Record(new SuspensionChanged(true));
        }

        return null;
    }

    public static string? Resume(Turn turn, NodeFieldSelector? selector)
    {
        var state = turn.State;
        var suspended = SuspendedNodes(state).Where(node => selector?.Matches(state, node) ?? true).ToList();
        if (selector is not null && suspended.Count == 0)
        {
            return NoneMatches(selector);
        }

        foreach (var node in suspended)
        {
            if (Suspension.Resume(turn, node, node.Message) is { } missing)
            {
                return missing;
            }
        }

        if (selector is null)
        {
            LiftSuspension(turn);
        }

        return null;
    }

    /// <summary>New nodes start again; what a Suspend node waits for it goes on waiting for.</summary>
    public static void LiftSuspension(Turn turn)
    {
        if (turn.State.Suspended)
        {
            turn.Record(new SuspensionChanged(false));
            Shutdowns.NotifyGroups(turn);
        }
    }

    public static string? Shutdown(Turn turn, ShutdownAsked asked)
    {
        var state = turn.State;
        if (state.Phase.IsEnd())
        {
            return $"cannot shutdown a completed workflow: workflow: \"{state.Name}\", namespace: \"{state.Namespace}\"";
        }

        if (asked.Selector is null)
        {
            if (state.Shutdown != asked.Strategy && state.Shutdown != ShutdownStrategy.Terminate)
            {
                Shutdowns.Begin(turn, asked.Strategy);
            }

            return null;
        }

        var matching = SuspendedNodes(state).Where(node => asked.Selector.Matches(state, node)).ToList();
        foreach (var node in matching)
        {
            Shutdowns.Abandon(turn, node, asked.Message ?? $"Stopped with strategy '{asked.Strategy}'");
        }

        return matching.Count > 0 ? null : NoneMatches(asked.Selector);
    }

    public static string? Set(Turn turn, SetAsked asked)
    {
        var state = turn.State;
        var matching = SuspendedNodes(state).Where(node => asked.Selector.Matches(state, node)).ToList();
        if (matching.Count == 0)
        {
            return NoneMatches(asked.Selector);
        }

        foreach (var node in matching)
        {
            if (SetOutputs(turn, node, asked.OutputParameters) is { } refusal)
            {
                return refusal;
            }

            switch (asked.Phase)
            {
                case NodePhase.Succeeded when Suspension.Resume(turn, node, asked.Message) is { } missing:
                    return missing;
                case NodePhase.Failed or NodePhase.Error or NodePhase.Skipped or NodePhase.Omitted:
                    turn.End(node, asked.Phase.Value, asked.Message);
                    break;
                case null when asked.Message is not null:
                    turn.Record(new NodePhaseChanged(node.Index, node.Phase, asked.Message, node.WakeAt));
                    break;
                default:
                    break;
            }
        }

        return null;
    }

    private static string? SetOutputs(Turn turn, Node node, IReadOnlyList<ParameterValue> values)
    {
        if (values.Count == 0)
        {
            return null;
        }

        var declared = turn.TemplateOf(node).Outputs.Parameters;
        if (declared.Count == 0)
        {
            return "cannot set output parameters because node is not expecting any raw parameters";
        }

        foreach (var value in values)
        {
            if (declared.FirstOrDefault(parameter => parameter.Name == value.Name) is not { } parameter)
            {
                return $"node is not expecting output parameter '{value.Name}'";
            }

            if (!(parameter.ValueFrom?.Supplied ?? false) || node.Outputs.Parameter(value.Name) is not null)
            {
                return $"cannot set output parameter '{value.Name}' because it does not use valueFrom.raw or it was already set";
            }
        }

        var kept = node.Outputs.Parameters.Where(old => values.All(value => value.Name != old.Name));
        turn.Record(new NodeOutputsSet(node.Index, node.Outputs with { Parameters = [.. kept, .. values] }));
        return null;
    }

    private static string NoneMatches(NodeFieldSelector selector) =>
        $"currently, set only targets suspend nodes: no suspend nodes matching nodeFieldSelector: {selector}";

    private static IEnumerable<Node> SuspendedNodes(WorkflowState state) =>
        state.Nodes.Where(node => node is { Type: NodeType.Suspend, Phase: NodePhase.Running });
}
