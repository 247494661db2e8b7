using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Argosy.Cli.Output;

/// <summary>Objects as other programs read them.</summary>
internal static class Documents
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Json(JsonNode node) => node.ToJsonString(Indented) + Environment.NewLine;

    public static string Yaml(JsonNode node) => YamlText.Write(node);

    /// <summary>The object as json, yaml or name; null for a format that is for people.</summary>
    public static string? Format(JsonObject json, string? format) => format switch
    {
        "json" => Json(json),
        "yaml" => Yaml(json),
        "name" => json["metadata"]?["name"] + Environment.NewLine,
        _ => null,
    };
}
