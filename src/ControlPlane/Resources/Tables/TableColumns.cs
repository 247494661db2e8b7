using System.Text.Json.Nodes;

namespace Argosy.ControlPlane.Resources.Tables;

/// <param name="Priority">0: always shown; 1: with <c>-o wide</c>.</param>
/// <param name="Cell">Text or number of an object, at a time.</param>
internal sealed record TableColumn(
    string Name, string Description, Func<JsonObject, DateTimeOffset, JsonNode?> Cell, string Type = "string", int Priority = 0);

/// <summary>The columns of each kind.</summary>
internal static class TableColumns
{
    private static readonly TableColumn Name = Text("Name", "Name of the object.", value => value.MetadataText("name"));

    private static readonly TableColumn Age = new(
        "Age", "Time since the object was created.", (value, now) => HumanDuration.Since(value.MetadataText("creationTimestamp"), now));

    private static readonly TableColumn Message = Text("Message", "Why the object is in its phase.", value => At(value, "status.message"));

    private static readonly Dictionary<ResourceKind, IReadOnlyList<TableColumn>> ByKind = new()
    {
        [Kinds.Workflow] =
        [
            Name,
            Text("Status", "Phase of the workflow.", value => At(value, "status.phase")),
            Age,
            Text("Progress", "Nodes that are done, of those known.", value => At(value, "status.progress")),
            Text("Clusters", "Clusters that run or ran nodes of it.", WorkflowClusters.Names),
            Message,
        ],
        [Kinds.CronWorkflow] =
        [
            Name,
            Text("Schedule", "When it runs.", Schedules),
            Text("Timezone", "Zone of the schedules.", value => At(value, "spec.timezone")),
            Text("Suspended", "Whether it skips every instant.", value => At(value, "spec.suspend") == "true" ? "true" : "false"),
            new("Active", "Children that have not ended.", (value, _) => (value["status"]?["active"] as JsonArray)?.Count ?? 0, "integer"),
            new("Last Run", "Time since the last instant it ran for.", (value, now) => At(value, "status.lastScheduledTime") is { } last ? HumanDuration.Since(last, now) : ""),
            Age,
            new("Phase", "Active, or Stopped for good.", (value, _) => At(value, "status.phase") ?? "", Priority: 1),
        ],
        [Kinds.WorkflowEventBinding] =
        [
            Name,
            Text("Template", "What it submits.", value => At(value, "spec.submit.workflowTemplateRef.name")),
            Age,
            new("Selector", "Which events it is for.", (value, _) => At(value, "spec.event.selector")?.Trim() ?? "", Priority: 1),
        ],
        [Kinds.Cluster] =
        [
            Name,
            Text("Phase", "Whether the cluster takes part.", value => At(value, "status.phase")),
            Text("Labels", "What placement selects by.", ClusterLabels),
            Text("Running", "Nodes that run there now.", value => At(value, "status.running")),
            Age,
            Message,
            new("Runtime", "What runs its pods.", (value, _) => At(value, "status.agent.runtime") ?? At(value, "spec.runtime") ?? "", Priority: 1),
            new("Agent", "Version of its agent.", (value, _) => At(value, "status.agent.version") ?? "", Priority: 1),
            new("Kube Nodes", "Machines that take pods.", (value, _) => At(value, "status.capacity.kubeNodes") ?? "", Priority: 1),
        ],
        [Kinds.Namespace] = [Name, Text("Status", "Phase of the namespace.", value => At(value, "status.phase")), Age],
        [Kinds.ConfigMap] = [Name, Count("Data", "Number of keys.", "data", "binaryData"), Age],
        [Kinds.Secret] = [Name, Text("Type", "What the keys mean.", value => At(value, "type")), Count("Data", "Number of keys.", "data"), Age],
        [Kinds.Pod] =
        [
            Name,
            Text("Ready", "Containers that are ready, of all.", PodCells.Ready),
            Text("Status", "Phase of the pod, or why it waits.", PodCells.Status),
            Text("Restarts", "Restarts of its containers.", PodCells.Restarts),
            Text("Node", "Cluster and machine that run the pod.", value => At(value, "spec.nodeName")),
            Age,
        ],
        [Kinds.Event] =
        [
            new("Last Seen", "When it happened last.", (value, now) => HumanDuration.Since(LastSeen(value), now)),
            Text("Type", "Normal or Warning.", value => At(value, "type")),
            Text("Reason", "Machine-readable reason.", value => At(value, "reason")),
            Text("Object", "What it happened to.", EventObject),
            Text("Message", "What happened.", value => At(value, "message")),
        ],
    };

    private static readonly IReadOnlyList<TableColumn> Plain = [Name, Age];

    public static IReadOnlyList<TableColumn> Of(ResourceKind kind) => ByKind.GetValueOrDefault(kind, Plain);

    /// <summary>The scalar at a dotted path, as text; null where there is none.</summary>
    public static string? At(JsonObject value, string path)
    {
        JsonNode? node = value;
        foreach (var field in path.Split('.'))
        {
            node = (node as JsonObject)?[field];
        }

        return node is JsonValue ? node.ToString() : null;
    }

    private static TableColumn Text(string name, string description, Func<JsonObject, string?> cell) =>
        new(name, description, (value, _) => cell(value) ?? "");

    private static TableColumn Count(string name, string description, params string[] maps) =>
        new(name, description, (value, _) => maps.Sum(map => (value[map] as JsonObject)?.Count ?? 0), "integer");

    private static string Schedules(JsonObject cron) => string.Join(
        ", ", (cron["spec"]?["schedules"] as JsonArray ?? []).Append(cron["spec"]?["schedule"]).OfType<JsonValue>().Select(item => item.ToString()));

    private static string ClusterLabels(JsonObject cluster)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var source in new[] { cluster["status"]?["labels"], cluster["spec"]?["labels"], cluster["metadata"]?["labels"] })
        {
            foreach (var (key, value) in ObjectMetadata.TextMap(source))
            {
                labels[key] = value;
            }
        }

        return string.Join(',', labels.Select(label => $"{label.Key}={label.Value}"));
    }

    private static string? LastSeen(JsonObject happened) =>
        happened.Text("lastTimestamp") ?? happened.Text("eventTime") ?? happened.Text("firstTimestamp")
        ?? happened.MetadataText("creationTimestamp");

    private static string EventObject(JsonObject happened) =>
        $"{At(happened, "involvedObject.kind")?.ToLowerInvariant()}/{At(happened, "involvedObject.name")}";
}
