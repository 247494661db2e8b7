using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Argosy.ClusterAgent.Kubernetes.Connecting;

/// <summary>YAML as JSON: of kubeconfigs, whose values are texts, and of manifests, which mean what kubectl takes them for.</summary>
internal static class YamlJson
{
    /// <summary>Values beyond which a text is refused: a few lines of anchors and aliases can stand for billions.</summary>
    private const int MostValues = 500_000;

    private const int Deepest = 100;

    /// <summary>The first document. Plain true and false are truth values, every other scalar is text.</summary>
    /// <exception cref="FormatException">It is not YAML, or not a mapping; the message says where.</exception>
    public static JsonObject Read(string text) =>
        Documents(text, PlainScalar).FirstOrDefault() as JsonObject ?? throw new FormatException("it holds no mapping");

    /// <summary>Every document that holds something, scalars as kubectl takes them. JSON is YAML as well.</summary>
    /// <exception cref="FormatException">It is not YAML; the message says where.</exception>
    public static IReadOnlyList<JsonNode> ReadManifests(string text) => [.. Documents(text, YamlScalar.Read).OfType<JsonNode>()];

    private static List<JsonNode?> Documents(string text, Func<YamlScalarNode, JsonNode?> scalar)
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
        catch (Exception lost) when (lost is InvalidOperationException or ArgumentException)
        {
            throw new FormatException(lost.Message, lost); // YamlDotNet loses its way in some broken texts and says so without a place
        }

        var conversion = new Conversion(scalar);
        return [.. stream.Documents.Select(document => conversion.Convert(document.RootNode, 0))];
    }

    private static JsonNode? PlainScalar(YamlScalarNode node) => node switch
    {
        { Style: ScalarStyle.Plain, Value: "true" or "false" } => node.Value == "true",
        { Style: ScalarStyle.Plain, Value: "" or "null" or "~" } => null,
        _ => node.Value,
    };

    private sealed class Conversion(Func<YamlScalarNode, JsonNode?> scalar)
    {
        private int _values;

        public JsonNode? Convert(YamlNode node, int depth)
        {
            if (++_values > MostValues || depth > Deepest)
            {
                throw new FormatException($"line {node.Start.Line}: more than {MostValues} values, or more than {Deepest} inside each other");
            }

            return node switch
            {
                YamlMappingNode mapping => Mapping(mapping, depth + 1),
                YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(item => Convert(item, depth + 1))]),
                _ => scalar((YamlScalarNode)node),
            };
        }

        private JsonObject Mapping(YamlMappingNode mapping, int depth)
        {
            var json = new JsonObject();
            foreach (var (key, value) in mapping.Children)
            {
                if (key is not YamlScalarNode { Value: { } name, Style: var style })
                {
                    throw new FormatException($"line {key.Start.Line}: a key must be a text");
                }

                if (name != "<<" || style != ScalarStyle.Plain)
                {
                    json[name] = Convert(value, depth);
                }
            }

            // Merged keys last, for those written here go before them.
            foreach (var merged in mapping.Children.Where(child => child.Key is YamlScalarNode { Value: "<<", Style: ScalarStyle.Plain })
                .SelectMany(child => child.Value is YamlSequenceNode several ? several.Children : [child.Value]))
            {
                foreach (var (name, value) in Convert(merged, depth) as JsonObject ?? throw new FormatException($"line {merged.Start.Line}: << takes mappings"))
                {
                    if (!json.ContainsKey(name))
                    {
                        json[name] = value?.DeepClone();
                    }
                }
            }

            return json;
        }
    }
}
