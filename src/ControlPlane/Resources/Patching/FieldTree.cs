using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;

namespace Argosy.ControlPlane.Resources.Patching;

/// <summary>A part of a value that merges on its own: the step that leads to it, its value and what the schema says of it.</summary>
/// <param name="IsNamed">A field that the schema names, in contrast to map keys and list elements, which their manager also owns.</param>
internal sealed record FieldPart(string Step, JsonNode? Value, SchemaShape Shape, bool IsNamed);

/// <summary>
/// Values as server-side apply sees them: which have parts that merge one by one (objects, maps, keyed lists, sets), and which are one
/// value (scalars, atomic lists).
/// </summary>
internal static class FieldTree
{
    private static readonly AnyShape Anything = new();

    /// <summary>The shape of a kind's objects.</summary>
    public static SchemaShape ShapeOf(ResourceKind kind) =>
        SchemaCatalog.Default.Find(kind.Group, kind.Version, kind.Kind) is { } type ? new ReferenceShape(type.Name) : Anything;

    /// <summary>The parts of a value that merge on their own; null when the value is one.</summary>
    public static IReadOnlyList<FieldPart>? Parts(JsonNode? value, SchemaShape shape) => (value, shape) switch
    {
        (JsonObject map, ReferenceShape reference) => [.. map.Select(entry => Field(SchemaCatalog.Default.Type(reference.TypeName), entry))],
        (JsonObject map, StringOrReferenceShape reference) =>
            [.. map.Select(entry => Field(SchemaCatalog.Default.Type(reference.TypeName), entry))],
        (JsonObject map, MapShape of) => [.. map.Select(entry => new FieldPart($"f:{entry.Key}", entry.Value, of.Of, false))],
        (JsonObject map, AnyShape) => [.. map.Select(entry => new FieldPart($"f:{entry.Key}", entry.Value, Anything, false))],
        (JsonArray list, ListShape { Semantics: ListSemantics.Map } of) when list.All(element => KeyStep(element, of) is not null) =>
            [.. list.Select(element => new FieldPart(KeyStep(element, of)!, element, of.Of, false))],
        (JsonArray list, ListShape { Semantics: ListSemantics.Set } of) =>
            [.. list.Select(element => new FieldPart($"v:{element?.ToJsonString(ObjectJson.Options) ?? "null"}", element, of.Of, false))],
        _ => null,
    };

    /// <summary>Every path of a value.</summary>
    public static FieldSet Collect(JsonNode? value, SchemaShape shape)
    {
        var set = new FieldSet();
        Collect(value, shape, set);
        return set;
    }

    /// <summary>What one value has and another has not, or has differently.</summary>
    public static FieldDifference Compare(JsonNode? before, JsonNode? after, SchemaShape shape)
    {
        var difference = new FieldDifference(new FieldSet(), new FieldSet());
        Compare(before, after, shape, difference.Changed, difference.Removed);
        return difference;
    }

    private static void Collect(JsonNode? value, SchemaShape shape, FieldSet set)
    {
        if (Parts(value, shape) is not { Count: > 0 } parts)
        {
            set.Included = true;
            return;
        }

        foreach (var part in parts)
        {
            var below = set.Below(part.Step);
            below.Included |= !part.IsNamed;
            Collect(part.Value, part.Shape, below);
        }
    }

    private static void Compare(JsonNode? before, JsonNode? after, SchemaShape shape, FieldSet changed, FieldSet removed)
    {
        var (old, now) = (Parts(before, shape), Parts(after, shape));
        if (old is null || now is null)
        {
            changed.Included |= !JsonNode.DeepEquals(before, after);
            return;
        }

        var oldParts = old.DistinctBy(part => part.Step).ToDictionary(part => part.Step);
        foreach (var part in now)
        {
            if (oldParts.Remove(part.Step, out var earlier))
            {
                Compare(earlier.Value, part.Value, part.Shape, changed.Below(part.Step), removed.Below(part.Step));
            }
            else
            {
                changed.Below(part.Step).Included = true;
                Collect(part.Value, part.Shape, changed.Below(part.Step));
            }
        }

        foreach (var gone in oldParts.Values)
        {
            removed.Below(gone.Step).Included = true;
            Collect(gone.Value, gone.Shape, removed.Below(gone.Step));
        }
    }

    private static FieldPart Field(SchemaType type, KeyValuePair<string, JsonNode?> entry) => type.Find(entry.Key) is { } field
        ? new FieldPart($"f:{entry.Key}", entry.Value, field.Shape, true)
        : new FieldPart($"f:{entry.Key}", entry.Value, Anything, false);

    private static string? KeyStep(JsonNode? element, ListShape list)
    {
        if (element is not JsonObject item)
        {
            return null;
        }

        var key = new JsonObject();
        foreach (var field in list.Keys.Order(StringComparer.Ordinal).Where(field => item[field] is not null))
        {
            key[field] = item[field]!.DeepClone();
        }

        return key.Count == 0 ? null : $"k:{key.ToJsonString(ObjectJson.Options)}";
    }
}

/// <param name="Changed">Paths whose value is new or different.</param>
/// <param name="Removed">Paths that are gone.</param>
internal sealed record FieldDifference(FieldSet Changed, FieldSet Removed);
