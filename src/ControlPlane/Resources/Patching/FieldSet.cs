using System.Text.Json.Nodes;

namespace Argosy.ControlPlane.Resources.Patching;

/// <summary>
/// A set of field paths, as a tree; its JSON form is Kubernetes' FieldsV1. Steps of a path: <c>f:name</c> a field or map key,
/// <c>k:{…}</c> the element of a keyed list, <c>v:…</c> the element of a set.
/// </summary>
internal sealed class FieldSet
{
    private const string Self = ".";
    private readonly SortedDictionary<string, FieldSet> children = new(StringComparer.Ordinal);

    /// <summary>Whether the path that leads here is itself in the set.</summary>
    public bool Included { get; set; }

    public bool IsEmpty => !Included && children.Values.All(child => child.IsEmpty);

    public IEnumerable<KeyValuePair<string, FieldSet>> Children => children;

    /// <summary>The paths below a step; an empty tree that is part of this one where there are none.</summary>
    public FieldSet Below(string step)
    {
        if (!children.TryGetValue(step, out var child))
        {
            child = new FieldSet();
            children[step] = child;
        }

        return child;
    }

    public FieldSet? Find(string step) => children.GetValueOrDefault(step);

    public FieldSet Union(FieldSet? other) => Combine(other, (one, two) => one || two);

    public FieldSet Intersect(FieldSet? other) => Combine(other, (one, two) => one && two);

    public FieldSet Minus(FieldSet? other) => Combine(other, (one, two) => one && !two);

    public bool SameAs(FieldSet other) => Minus(other).IsEmpty && other.Minus(this).IsEmpty;

    /// <summary>The paths as people read them: <c>.spec.templates[name="a"].container</c>.</summary>
    public IEnumerable<string> Paths(string prefix = "")
    {
        if (Included)
        {
            yield return prefix;
        }

        foreach (var (step, child) in children)
        {
            foreach (var path in child.Paths(prefix + Readable(step)))
            {
                yield return path;
            }
        }
    }

    public JsonObject ToJson()
    {
        var json = new JsonObject();
        var steps = children.Where(child => !child.Value.IsEmpty).ToList();
        if (Included && steps.Count > 0)
        {
            json[Self] = new JsonObject();
        }

        foreach (var (step, child) in steps)
        {
            json[step] = child.ToJson();
        }

        return json;
    }

    public static FieldSet Parse(JsonNode? json)
    {
        var set = new FieldSet();
        foreach (var (step, below) in json as JsonObject ?? [])
        {
            if (step == Self)
            {
                set.Included = true;
                continue;
            }

            var child = Parse(below);
            child.Included |= below is JsonObject { Count: 0 };
            set.children[step] = child;
        }

        return set;
    }

    private FieldSet Combine(FieldSet? other, Func<bool, bool, bool> rule)
    {
        var result = new FieldSet { Included = rule(Included, other?.Included ?? false) };
        foreach (var step in children.Keys.Union(other?.children.Keys ?? Enumerable.Empty<string>()))
        {
            var combined = (Find(step) ?? new FieldSet()).Combine(other?.Find(step), rule);
            if (!combined.IsEmpty)
            {
                result.children[step] = combined;
            }
        }

        return result;
    }

    private static string Readable(string step) => step[0] switch
    {
        'f' => $".{step[2..]}",
        'k' => $"[{string.Join(',', JsonNode.Parse(step[2..])!.AsObject().Select(key => $"{key.Key}={key.Value?.ToJsonString() ?? "null"}"))}]",
        'v' => $"[={step[2..]}]",
        _ => $"[{step[2..]}]",
    };
}
