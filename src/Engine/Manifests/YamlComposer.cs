using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Argosy.Engine.Manifests;

/// <summary>
/// Makes JSON of one YAML document. Depth is limited, and so is what aliases multiply: a short text must not become a huge object.
/// </summary>
internal sealed class YamlComposer(IParser parser)
{
    /// <summary>Values that aliases may add to a document.</summary>
    private const int MaxAliasedValues = 100_000;

    /// <summary>Keys that may be written again; who has more did not mean a manifest.</summary>
    private const int MaxDuplicates = 1000;

    private readonly Dictionary<string, Anchored> anchors = new(StringComparer.Ordinal);
    private readonly HashSet<string> open = new(StringComparer.Ordinal);
    private readonly List<DuplicateKey> duplicates = [];
    private int aliasedValues;

    private sealed record Anchored(JsonNode? Node, int Size, int Depth);

    /// <summary>Keys that were written again in what has been composed.</summary>
    public IReadOnlyList<DuplicateKey> Duplicates => duplicates;

    public JsonNode? Compose() => ComposeNode(0);

    private JsonNode? ComposeNode(int depth)
    {
        var current = parser.Current!;
        if (depth > ManifestReader.MaxDepth)
        {
            throw Problem(current, $"objects and lists may be {ManifestReader.MaxDepth} deep at most");
        }

        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            return Expand(alias, depth);
        }

        var anchor = current is NodeEvent { Anchor.IsEmpty: false } anchored ? anchored.Anchor.Value : null;
        if (anchor != null)
        {
            open.Add(anchor);
        }

        var node = current switch
        {
            Scalar => YamlScalars.ToJson(parser.Consume<Scalar>()),
            SequenceStart => ComposeSequence(depth),
            MappingStart => ComposeMapping(depth),
            _ => throw Problem(current, "a value was expected"),
        };
        if (anchor != null)
        {
            open.Remove(anchor);
            var (size, height) = Measure(node);
            anchors[anchor] = new(node, size, height);
        }

        return node;
    }

    private JsonNode? Expand(AnchorAlias alias, int depth)
    {
        var name = alias.Value.Value;
        if (open.Contains(name))
        {
            throw Problem(alias, $"anchor '{name}' contains itself");
        }

        if (!anchors.TryGetValue(name, out var anchored))
        {
            throw Problem(alias, $"unknown anchor '{name}' referenced");
        }

        aliasedValues += anchored.Size;
        if (aliasedValues > MaxAliasedValues)
        {
            throw Problem(alias, "document contains excessive aliasing");
        }

        if (depth + anchored.Depth > ManifestReader.MaxDepth)
        {
            throw Problem(alias, $"objects and lists may be {ManifestReader.MaxDepth} deep at most");
        }

        return anchored.Node?.DeepClone();
    }

    private JsonArray ComposeSequence(int depth)
    {
        parser.Consume<SequenceStart>();
        var array = new JsonArray();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            array.Add(ComposeNode(depth + 1));
        }

        return array;
    }

    private JsonObject ComposeMapping(int depth)
    {
        parser.Consume<MappingStart>();
        var json = new JsonObject();
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        var merged = new List<JsonObject>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var keyEvent = parser.Current!;
            var key = ComposeKey(depth);
            if (key == null)
            {
                merged.AddRange(ComposeMerge(depth));
                continue;
            }

            if (!lines.TryAdd(key, (int)keyEvent.Start.Line))
            {
                duplicates.Add(new(key, lines[key], (int)keyEvent.Start.Line));
                if (duplicates.Count > MaxDuplicates)
                {
                    throw Problem(keyEvent, $"key \"{key}\" already set in map on line {lines[key]}");
                }
            }

            json[key] = ComposeNode(depth + 1);
        }

        foreach (var (name, value) in merged.SelectMany(from => from))
        {
            if (!json.ContainsKey(name))
            {
                json[name] = value?.DeepClone();
            }
        }

        return json;
    }

    /// <summary>The key's text, or null for the merge key. Keys that are numbers or truth values are written as JSON writes them.</summary>
    private string? ComposeKey(int depth)
    {
        var current = parser.Current!;
        if (current is Scalar { Value: "<<", IsPlainImplicit: true })
        {
            parser.Consume<Scalar>();
            return null;
        }

        return ComposeNode(depth + 1) switch
        {
            JsonValue value when value.GetValueKind() == System.Text.Json.JsonValueKind.String => value.GetValue<string>(),
            JsonValue value => value.ToJsonString(),
            _ => throw Problem(current, "a key must be a text"),
        };
    }

    private IEnumerable<JsonObject> ComposeMerge(int depth)
    {
        var current = parser.Current!;
        return ComposeNode(depth) switch
        {
            JsonObject one => [one],
            JsonArray several when several.All(each => each is JsonObject) => several.Cast<JsonObject>(),
            _ => throw Problem(current, "map merge requires map or sequence of maps as the value"),
        };
    }

    private static (int Size, int Depth) Measure(JsonNode? node)
    {
        IEnumerable<JsonNode?> children = node switch
        {
            JsonObject json => json.Select(property => property.Value),
            JsonArray array => array,
            _ => [],
        };
        var (size, depth) = (1, 0);
        foreach (var child in children)
        {
            var (childSize, childDepth) = Measure(child);
            size += childSize;
            depth = Math.Max(depth, childDepth + 1);
        }

        return (size, depth);
    }

    private static ManifestException Problem(ParsingEvent at, string problem) => new((int)at.Start.Line, (int)at.Start.Column, problem);
}
