using Argosy.Engine.Expressions;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>
/// Nodes that exist and have not started: they wait for their locks, then for what the cache says, then for room among the workflow's pods.
/// Only what has all three starts, and counts as a pod. A pod never waits for a lock, so those that wait with locks in hand get their turn.
/// </summary>
internal static class WaitingNodes
{
    public static bool Concern(Template template) => template.Synchronization is not null || template.Memoize is not null;

    public static void Create(Turn turn, NodeCreated created, Template template)
    {
        var node = turn.Create(created with { Waits = true });
        node.Template = template;
        try
        {
            if (Timeout(turn, node, template) is { } patience)
            {
                turn.Record(new NodePhaseChanged(node.Index, NodePhase.Pending, null, node.StartedAt + patience));
            }

            if (template.Synchronization is { } synchronization)
            {
                Locks.AskFor(turn, node, synchronization);
            }
        }
        catch (ExpressionException failure)
        {
            turn.End(node, NodePhase.Error, failure.Message);
        }

        turn.Notify(node.Index);
    }

    /// <summary>Lets a waiting node start if nothing is in its way.</summary>
    public static void Advance(Turn turn, Node node)
    {
        var state = turn.State;
        if (state.Suspended && !node.Is(NodeFlags.OnExit))
        {
            return; // resuming looks at every waiting node again
        }

        var template = turn.TemplateOf(node);
        if (template.Memoize is not null && node.Memo is null)
        {
            Memoization.Ask(turn, node, template);
        }
        else if (state.Spec?.Parallelism is > 0 and var limit && state.ActivePods >= limit)
        {
            turn.HoldBack(node.Index, null);
        }
        else
        {
            Launching.Start(turn, node, template);
        }
    }

    private static TimeSpan? Timeout(Turn turn, Node node, Template template) => template.Json.Text("timeout") is { Length: > 0 } text
        ? Duration.Parse(TagText.Parse(text).Render(Locks.VariablesOf(turn, node)).Text)
        : null;
}
