using System.Text.Json.Nodes;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>
/// Shows a workflow that came with a status: what nothing has changed since stands as it was recorded, and of what has changed the fields
/// that this program does not interpret stay.
/// </summary>
internal static class RecordedStatus
{
    // What is worked out afresh: absent here means that it is not so any more.
    private static readonly string[] OfNode =
    [
        "phase", "message", "startedAt", "finishedAt", "progress", "cluster", "hostNodeName", "podIP", "daemoned", "outputs", "children",
        "outboundNodes", "failedPodRestarts", "taskResultSynced", "resourcesDuration", "synchronizationStatus",
    ];

    private static readonly string[] OfRun =
        ["phase", "message", "startedAt", "finishedAt", "progress", "outputs", "conditions", "clusters", "nodes", "synchronization", "persistentVolumeClaims"];

    /// <param name="rendered">The node as it is now.</param>
    public static JsonObject Node(WorkflowState state, Node node, JsonObject rendered, IReadOnlyList<int> children)
    {
        var recorded = node.Recorded!;
        var shown = recorded.IsCurrent(node) ? (JsonObject)recorded.Json.DeepClone() : Under(rendered, recorded.Json, OfNode);
        var ids = Children(state, node, children).ToList();
        if (ids.Count > 0)
        {
            shown["children"] = new JsonArray([.. ids.Select(id => (JsonNode)JsonValue.Create(id))]);
        }
        else if (recorded.Children.Count > 0)
        {
            shown.Remove("children");
        }

        return shown;
    }

    /// <param name="rendered">The status as it is now, with its nodes.</param>
    public static JsonObject Run(WorkflowState state, JsonObject rendered)
    {
        var record = state.Record!;
        var nodes = rendered["nodes"]?.DeepClone() as JsonObject ?? [];
        foreach (var (id, entry) in record.Loose ?? [])
        {
            nodes.TryAdd(id, entry?.DeepClone());
        }

        var shown = record.IsCurrent(state) ? (JsonObject)record.Status.DeepClone() : Under(rendered, record.Status, OfRun);
        if (nodes.Count > 0)
        {
            shown["nodes"] = nodes;
        }

        return shown;
    }

    /// <summary>The recorded edges that still lead somewhere, then those to nodes of this life.</summary>
    public static IEnumerable<int> Edges(WorkflowState state, Node node, IReadOnlyList<int> structural) => node.Recorded is not { } recorded
        ? structural
        : recorded.Children.Select(state.FindById).OfType<Node>().Select(child => child.Index)
            .Concat(structural.Where(child => state[child].Recorded is null)).Distinct();

    private static IEnumerable<string> Children(WorkflowState state, Node node, IReadOnlyList<int> structural)
    {
        var recorded = node.Recorded!.Children.Where(id => state.Record?.Forgot(id) != true || state.FindById(id) is not null);
        return recorded.Concat(structural.Where(child => state[child].Recorded is null).Select(child => state.IdOf(state[child]))).Distinct(StringComparer.Ordinal);
    }

    private static JsonObject Under(JsonObject rendered, JsonObject recorded, string[] workedOut)
    {
        var shown = (JsonObject)rendered.DeepClone();
        foreach (var (field, value) in recorded)
        {
            if (!shown.ContainsKey(field) && !workedOut.Contains(field))
            {
                shown[field] = value?.DeepClone();
            }
        }

        return shown;
    }
}
