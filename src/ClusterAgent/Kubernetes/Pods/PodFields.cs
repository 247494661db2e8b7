using System.Globalization;
using System.Text.Json.Nodes;

namespace Argosy.ClusterAgent.Kubernetes.Pods;

/// <summary>Reads a pod's fields; what is not there, or of another type, is null or empty.</summary>
internal static class PodFields
{
    /// <summary>What the agent looks at in a pod; the rest is not kept, for there may be thousands of pods.</summary>
    public static JsonObject Keep(JsonObject pod)
    {
        var metadata = pod["metadata"] as JsonObject ?? [];
        var kept = Some(metadata, "name", "namespace", "uid", "resourceVersion", "deletionTimestamp", "finalizers");
        kept["labels"] = Ours(metadata["labels"]);
        kept["annotations"] = Ours(metadata["annotations"]);
        return new JsonObject
        {
            ["metadata"] = kept,
            ["spec"] = Spec(pod["spec"] as JsonObject ?? []),
            ["status"] = Some(
                pod["status"] as JsonObject ?? [],
                "phase", "reason", "message", "podIP", "startTime", "conditions", "containerStatuses", "initContainerStatuses"),
        };
    }

    /// <summary>Annotation of upstream's by which a step may tell how far it is.</summary>
    public const string ProgressAnnotation = "workflows.argoproj.io/progress";

    public static string Name(this JsonObject pod) => pod.Text("metadata", "name") ?? "";

    public static string Namespace(this JsonObject pod) => pod.Text("metadata", "namespace") ?? "";

    public static string? Annotation(this JsonObject pod, string name) => pod.Text("metadata", "annotations", name);

    public static string? Label(this JsonObject pod, string name) => pod.Text("metadata", "labels", name);

    public static IEnumerable<JsonObject> Items(this JsonObject pod, params ReadOnlySpan<string> path) => (At(pod, path) as JsonArray ?? []).OfType<JsonObject>().ToList();

    public static string? Text(this JsonObject from, params ReadOnlySpan<string> path) =>
        At(from, path) is JsonValue value ? value.TryGetValue(out string? text) ? text : value.ToJsonString() : null;

    public static int? Number(this JsonObject from, params ReadOnlySpan<string> path) =>
        int.TryParse(from.Text(path), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static DateTimeOffset? Time(this JsonObject from, params ReadOnlySpan<string> path) =>
        DateTimeOffset.TryParse(from.Text(path), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private static JsonNode? At(JsonNode from, ReadOnlySpan<string> path)
    {
        JsonNode? at = from;
        foreach (var field in path)
        {
            at = (at as JsonObject)?[field];
        }

        return at;
    }

    private static JsonObject Spec(JsonObject spec)
    {
        var kept = Some(spec, "nodeName", "activeDeadlineSeconds");
        kept["containers"] = new JsonArray([.. spec.Items("containers")
            .Where(container => container["resources"]?["requests"] is not null)
            .Select(container => new JsonObject { ["resources"] = new JsonObject { ["requests"] = container["resources"]!["requests"]!.DeepClone() } })]);
        return kept;
    }

    private static JsonObject Some(JsonObject from, params ReadOnlySpan<string> fields)
    {
        var some = new JsonObject();
        foreach (var field in fields)
        {
            if (from[field] is { } value)
            {
                some[field] = value.DeepClone();
            }
        }

        return some;
    }

    private static JsonObject Ours(JsonNode? map) => new(
        (map as JsonObject ?? []).Where(pair => pair.Key.StartsWith("argosy.io/", StringComparison.Ordinal) || pair.Key == ProgressAnnotation)
            .Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())).ToList());
}
