using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Argosy.Engine.Workflows;

/// <summary>JSON that is passed through, in the form in which Go passes it through: it becomes text that scripts compare.</summary>
internal static class GoJson
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Without white space, keys and numbers as they were; what Go escapes for the sake of HTML is escaped.</summary>
    public static string Compact(JsonElement json) => Escaped(JsonSerializer.Serialize(json, Plain));

    /// <summary>The text of a loop's item: a string as it is, a map by its sorted keys, whatever is inside as it was.</summary>
    public static string OfItem(JsonNode? item) => item switch
    {
        null => "null",
        JsonValue scalar when scalar.TryGetValue<string>(out var text) => text,
        JsonObject map => "{" + string.Join(',', map.OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => $"{Escaped(JsonSerializer.Serialize(entry.Key, Plain))}:{Compact(entry.Value)}")) + "}",
        _ => Compact(item),
    };

    public static string Compact(JsonNode? json) => json is null ? "null" : Escaped(json.ToJsonString(Plain));

    private static string Escaped(string json) => json
        .Replace("<", "\\u003c", StringComparison.Ordinal).Replace(">", "\\u003e", StringComparison.Ordinal).Replace("&", "\\u0026", StringComparison.Ordinal);
}
