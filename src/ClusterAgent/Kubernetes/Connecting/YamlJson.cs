using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Argosy.ClusterAgent.Kubernetes.Connecting;

/// <summary>The first document of a YAML text as JSON. Plain true and false are truth values, every other scalar is text.</summary>
internal static class YamlJson
{
    /// <exception cref="FormatException">It is not YAML, or not a mapping; the message says where.</exception>
    public static JsonObject Read(string text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException malformed)
        {
            throw new FormatException($"line {malformed.Start.Line}: {malformed.Message}", malformed);
        }

        return stream.Documents is [var first, ..] && Convert(first.RootNode) is JsonObject json
            ? json
            : throw new FormatException("it holds no mapping");
    }

    private static JsonNode? Convert(YamlNode node)
    {
        switch (node)
        {
            case YamlMappingNode mapping:
                var json = new JsonObject();
                foreach (var (key, value) in mapping.Children)
                {
                    json[((YamlScalarNode)key).Value ?? ""] = Convert(value);
                }

                return json;
            case YamlSequenceNode sequence:
                return new JsonArray([.. sequence.Children.Select(Convert)]);
            case YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "false" } truth:
                return truth.Value == "true";
            case YamlScalarNode { Style: ScalarStyle.Plain, Value: "" or "null" or "~" }:
                return null;
            default:
                return ((YamlScalarNode)node).Value;
        }
    }
}
