using System.Text.Json.Nodes;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>
/// How long a workflow and its nodes will probably take: as long as in the latest run of the same cron or workflow template that succeeded,
/// its baseline.
/// </summary>
public static class Estimation
{
    /// <summary>Labels that say what a workflow is a run of, the most telling first.</summary>
    public static readonly IReadOnlyList<string> Labels =
        ["workflows.argoproj.io/cron-workflow", "workflows.argoproj.io/cluster-workflow-template", "workflows.argoproj.io/workflow-template"];

    /// <summary>Larger baselines tell only the workflow's duration: nobody reads thousands of estimates.</summary>
    private const int MostNodes = 2_000;

    /// <summary>The label (<c>key=value</c>) that the workflow's baseline has as well; null: it can have none.</summary>
    internal static ResourceRef? BaselineOf(WorkflowState state) => Labels
        .Select(label => state.Label(label) is { Length: > 0 } value ? new ResourceRef(ResourceRefKind.Baseline, $"{label}={value}") : (ResourceRef?)null)
        .FirstOrDefault(found => found is not null);

    /// <summary>What is remembered of a baseline: seconds by what stands behind the workflow's name in a node's name.</summary>
    /// <param name="workflow">A finished Workflow object with its status.</param>
    public static JsonObject? Durations(JsonObject workflow) => Durations(workflow.Object("metadata").Text("name") ?? "", workflow.Object("status"));

    /// <summary>The same from a workflow's name and its status at the end.</summary>
    public static JsonObject? Durations(string name, JsonObject? status)
    {
        if (Seconds(status) is not { } total)
        {
            return null;
        }

        var durations = new JsonObject { [""] = total };
        foreach (var node in status.Object("nodes") is { Count: <= MostNodes } nodes ? nodes.Select(pair => pair.Value as JsonObject) : [])
        {
            if (Seconds(node) is { } seconds && node.Text("name") is { } full && full.Length > name.Length && full.StartsWith(name, StringComparison.Ordinal))
            {
                durations[full[name.Length..]] = seconds;
            }
        }

        return durations;
    }

    /// <summary>The estimate for a node, or (its own name) for the workflow, in seconds.</summary>
    internal static long? Of(WorkflowState state, JsonObject? baseline, string node) =>
        node.Length >= state.Name.Length ? baseline.Long(node[state.Name.Length..]) : null;

    private static long? Seconds(JsonObject? lived) =>
        Time(lived.Text("startedAt")) is { } started && Time(lived.Text("finishedAt")) is { } finished && finished >= started
            ? (long)(finished - started).TotalSeconds
            : null;

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var time) ? time : null;
}
