using System.Text.Json.Nodes;

namespace Argosy.Engine.Workflows;

/// <summary>How a workflow as a whole turned out.</summary>
internal static class WorkflowOutcome
{
    /// <summary>The outcome of the main job alone.</summary>
    public static WorkflowPhase Of(WorkflowState state, Node root, NodePhase phase) => phase switch
    {
        NodePhase.Succeeded or NodePhase.Skipped or NodePhase.Omitted => state.Shutdown == ShutdownStrategy.None ? WorkflowPhase.Succeeded : WorkflowPhase.Failed,
        NodePhase.Failed => WorkflowPhase.Failed,
        NodePhase.Error => WorkflowPhase.Error,
        NodePhase.Running when root.Daemoned => WorkflowPhase.Succeeded,
        NodePhase.Pending or NodePhase.Running => WorkflowPhase.Running,
    };

    /// <summary>
    /// The phase and message at the end. A failed exit handler turns success into its own phase; a handler never rescues a failed job.
    /// </summary>
    public static (WorkflowPhase Phase, string? Message) AtEnd(WorkflowState state, Node root, Node? exit)
    {
        var phase = Of(state, root, root.Phase);
        var message = root.Phase.IsFailure() ? root.Message : null;
        if (state.Shutdown != ShutdownStrategy.None)
        {
            return (phase == WorkflowPhase.Succeeded ? WorkflowPhase.Failed : phase, $"Stopped with strategy '{state.Shutdown}'");
        }

        if (phase == WorkflowPhase.Succeeded && exit is { Phase: NodePhase.Failed or NodePhase.Error })
        {
            return (exit.Phase == NodePhase.Failed ? WorkflowPhase.Failed : WorkflowPhase.Error, exit.Message);
        }

        return (phase, message);
    }

    /// <summary>
    /// All nodes that failed, groups and retries among them, as exit handlers see them: JSON within a JSON string; null where there are none.
    /// Quotes are escaped by a backslash: scripts put the text into a shell's quotes, which takes one such layer away.
    /// </summary>
    public static string Failures(WorkflowState state)
    {
        var failures = new JsonArray();
        foreach (var node in state.Nodes.Where(node => node.Phase.IsFailure()))
        {
            failures.Add(new JsonObject
            {
                ["displayName"] = NodeNames.Display(node.Name, state.At(node.Boundary)?.Name),
                ["message"] = node.Message ?? "",
                ["templateName"] = node.TemplateName,
                ["phase"] = node.Phase.ToString(),
                ["podName"] = NodeNames.Pod(state, node),
                ["finishedAt"] = node.FinishedAt is { } finished ? WorkflowVariables.Time(finished) : null,
            });
        }

        return GoJson.Compact(JsonValue.Create(failures.Count == 0 ? "null" : GoJson.Compact(failures)));
    }
}
