using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Argosy.Engine.Templates;

/// <summary>
/// Reads the fields of a manifest. A field of a wrong type reads as absent here: validation has refused the manifest before, and what is
/// not interpreted stays in the JSON untouched.
/// </summary>
internal static class SpecJson
{
    public static JsonObject? Object(this JsonObject? json, string field) => json?[field] as JsonObject;

    public static IEnumerable<JsonObject> Objects(this JsonObject? json, string field) =>
        json?[field] is JsonArray array ? array.OfType<JsonObject>() : [];

    /// <summary>A string; numbers and booleans are accepted and kept as their text (Argo's AnyString).</summary>
    public static string? Text(this JsonObject? json, string field) => TextOf(json?[field]);

    public static string? TextOf(JsonNode? node) => node switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out string? text) => text,
        JsonValue value => value.ToJsonString(),
        _ => null,
    };

    public static IReadOnlyList<string> Texts(this JsonObject? json, string field) =>
        json?[field] is JsonArray array ? [.. array.Select(TextOf).OfType<string>()] : [];

    public static IReadOnlyDictionary<string, string> TextMap(this JsonObject? json, string field)
    {
        if (json?[field] is not JsonObject map)
        {
            return new Dictionary<string, string>();
        }

        return map.Where(pair => pair.Value is not null).ToDictionary(pair => pair.Key, pair => TextOf(pair.Value) ?? pair.Value!.ToJsonString());
    }

    public static bool? Bool(this JsonObject? json, string field) =>
        json?[field] is JsonValue value && value.GetValueKind() is JsonValueKind.True or JsonValueKind.False
            ? json[field]!.GetValueKind() == JsonValueKind.True
            : null;

    public static long? Long(this JsonObject? json, string field) =>
        long.TryParse(json.Text(field), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static int? Int(this JsonObject? json, string field) =>
        int.TryParse(json.Text(field), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;
}
