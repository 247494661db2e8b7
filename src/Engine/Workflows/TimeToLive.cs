using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>
/// How long an ended workflow stays (<c>ttlStrategy</c>): the seconds for its outcome, else those for any; counted from its end.
/// </summary>
public static class TimeToLive
{
    /// <param name="workflow">A Workflow object with its status.</param>
    /// <param name="hub">What the hub adds to every workflow.</param>
    /// <returns>When it is to be deleted; null: it has not ended, it stays for ever, or it is being deleted.</returns>
    public static DateTimeOffset? EndOf(JsonObject workflow, HubSettings? hub)
    {
        var status = workflow.Object("status");
        if (workflow.Object("metadata").Text("deletionTimestamp") is not null
            || !DateTimeOffset.TryParse(status.Text("finishedAt"), CultureInfo.InvariantCulture, out var finished)
            || !Enum.TryParse<WorkflowPhase>(status.Text("phase"), out var phase) || !phase.IsEnd())
        {
            return null;
        }

        var seconds = Seconds(status.Object("storedWorkflowTemplateSpec"), phase) ?? Seconds(workflow.Object("spec"), phase)
            ?? Seconds(hub?.WorkflowDefaults.Object("spec"), phase);
        return seconds is { } stays ? finished.AddSeconds(Math.Clamp(stays, 0, int.MaxValue)) : null;
    }

    private static long? Seconds(JsonObject? spec, WorkflowPhase phase)
    {
        var strategy = spec.Object("ttlStrategy");
        return strategy.Long(phase == WorkflowPhase.Succeeded ? "secondsAfterSuccess" : "secondsAfterFailure") ?? strategy.Long("secondsAfterCompletion");
    }
}
