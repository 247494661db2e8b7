using System.Text.Json;
using System.Text.Json.Nodes;

namespace Argosy.Engine.Manifests;

/// <summary>Reads fields of manifests whose types nobody has checked: a field of another type counts as not set.</summary>
internal static class JsonReading
{
    public static JsonObject? ObjectAt(this JsonObject json, string field) => json[field] as JsonObject;

    /// <summary>The list's elements with their indices; none when there is no list.</summary>
    public static IEnumerable<(int Index, JsonNode? Value)> ListAt(this JsonObject json, string field) =>
        (json[field] as JsonArray ?? []).Select((value, index) => (index, value));

    /// <summary>The list's elements that are objects, with their indices.</summary>
    public static IEnumerable<(int Index, JsonObject Value)> ObjectsAt(this JsonObject json, string field) =>
        json.ListAt(field).Where(item => item.Value is JsonObject).Select(item => (item.Index, (JsonObject)item.Value!));

    /// <summary>The list's elements that are texts.</summary>
    public static IEnumerable<string> TextsAt(this JsonObject json, string field) =>
        json.ListAt(field).Select(item => item.Value.Text()).OfType<string>();

    public static string? TextAt(this JsonObject json, string field) => json[field].Text();

    public static bool FlagAt(this JsonObject json, string field) => json[field]?.GetValueKind() == JsonValueKind.True;

    /// <summary>Whether the field holds anything but null and the empty text.</summary>
    public static bool Has(this JsonObject json, string field) => json[field] is { } value && value.Text() != "";

    public static string? Text(this JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;

    /// <summary>A text, or the JSON text of a number or truth value (Argo's AnyString).</summary>
    public static string? AnyText(this JsonNode? node) => node is JsonValue ? node.Text() ?? node.ToJsonString() : null;
}
