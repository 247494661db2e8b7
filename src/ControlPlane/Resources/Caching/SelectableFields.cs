using System.Text.Json.Nodes;

namespace Argosy.ControlPlane.Resources.Caching;

/// <summary>The fields of each kind that a field selector may name, beside metadata.name and metadata.namespace.</summary>
internal static class SelectableFields
{
    private static readonly string[] PhaseOnly = ["status.phase"];

    private static readonly string[] OfPods =
        ["status.phase", "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "status.podIP"];

    private static readonly string[] OfEvents =
    [
        "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion",
        "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent", "source.component", "type",
    ];

    private static readonly string[] OfSecrets = ["type"];

    public static IReadOnlyList<string> NamesOf(ResourceKind kind) => kind.QualifiedPlural() switch
    {
        "pods" => OfPods,
        "events" => OfEvents,
        "secrets" => OfSecrets,
        "namespaces" => PhaseOnly,
        _ when kind.HasStatus => PhaseOnly,
        _ => [],
    };

    /// <summary>The object's values; a missing field is the empty string, as Kubernetes compares it.</summary>
    public static IReadOnlyDictionary<string, string> Of(ResourceKind kind, JsonObject value)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in NamesOf(kind))
        {
            fields[name] = Read(value, name);
        }

        return fields;
    }

    private static string Read(JsonObject value, string path)
    {
        JsonNode? node = value;
        foreach (var field in path.Split('.'))
        {
            node = (node as JsonObject)?[field];
        }

        return node is JsonValue ? node.ToString() : "";
    }
}
