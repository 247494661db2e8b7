using System.Globalization;
using System.Text.Json.Nodes;

namespace Argosy.ControlPlane.Resources;

/// <summary>The metadata that every Kubernetes object has, read from and written to its JSON.</summary>
internal static class ObjectMetadata
{
    /// <summary>The object's metadata; an empty one is added where it is missing.</summary>
    public static JsonObject Metadata(this JsonObject resource)
    {
        if (resource["metadata"] is JsonObject metadata)
        {
            return metadata;
        }

        metadata = [];
        resource["metadata"] = metadata;
        return metadata;
    }

    /// <summary>A metadata field that holds text; null where it is missing, empty or something else.</summary>
    public static string? MetadataText(this JsonObject resource, string field) =>
        (resource["metadata"] as JsonObject)?.Text(field);

    public static string? Text(this JsonObject parent, string field) =>
        parent[field] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0 ? text : null;

    public static long Generation(this JsonObject resource) =>
        resource["metadata"]?["generation"] is JsonValue value && value.TryGetValue<long>(out var generation) ? generation : 0;

    public static bool IsDeleting(this JsonObject resource) => resource.MetadataText("deletionTimestamp") is not null;

    public static bool HasFinalizers(this JsonObject resource) => resource["metadata"]?["finalizers"] is JsonArray { Count: > 0 };

    public static IReadOnlyDictionary<string, string> Labels(this JsonObject resource) => TextMap(resource["metadata"]?["labels"]);

    public static IReadOnlyDictionary<string, string> TextMap(JsonNode? node)
    {
        if (node is not JsonObject { Count: > 0 } map)
        {
            return EmptyMap;
        }

        var entries = new Dictionary<string, string>(map.Count, StringComparer.Ordinal);
        foreach (var (key, value) in map)
        {
            if (value is JsonValue scalar && scalar.TryGetValue<string>(out var text))
            {
                entries[key] = text;
            }
        }

        return entries;
    }

    /// <summary>A point in time as Kubernetes writes it: UTC, whole seconds.</summary>
    public static string Timestamp(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static readonly Dictionary<string, string> EmptyMap = [];
}
