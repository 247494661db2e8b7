using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.JsonPaths;

/// <summary>One step of a path: from a value to the values it selects.</summary>
internal abstract class JsonPathStep
{
    /// <summary>Whether at most one value can be selected.</summary>
    public virtual bool IsDefinite => false;

    public abstract IEnumerable<object?> Select(object? value, object? document, Budget budget);

    protected static IEnumerable<object?> Children(object? value) => value switch
    {
        List<object?> list => list,
        ValueMap map => map.SortedKeys().Select(key => map[key]),
        _ => [],
    };
}

internal sealed class NameStep(string name) : JsonPathStep
{
    public override bool IsDefinite => true;

    public override IEnumerable<object?> Select(object? value, object? document, Budget budget) => value switch
    {
        ValueMap map when map.TryGetValue(name, out var child) => [child],
        List<object?> list when name == "length" => [(long)list.Count],
        _ => [],
    };
}

internal sealed class IndexStep(long index) : JsonPathStep
{
    public override bool IsDefinite => true;

    public override IEnumerable<object?> Select(object? value, object? document, Budget budget)
    {
        var position = value is List<object?> list && index < 0 ? index + list.Count : index;
        return value is List<object?> items && position >= 0 && position < items.Count ? [items[(int)position]] : [];
    }
}

internal sealed class SliceStep(long? from, long? to, long? width) : JsonPathStep
{
    public override IEnumerable<object?> Select(object? value, object? document, Budget budget)
    {
        if (value is not List<object?> list || width == 0)
        {
            yield break;
        }

        var by = Math.Clamp(width ?? 1, -list.Count - 1, list.Count + 1);
        var start = Bound(from ?? (by > 0 ? 0 : list.Count - 1), list.Count, by);
        var end = to is { } bound ? Bound(bound, list.Count, by) : by > 0 ? list.Count : -1;
        for (var i = start; by > 0 ? i < end : i > end; i += by)
        {
            yield return list[(int)i];
        }
    }

    private static long Bound(long bound, int count, long by)
    {
        var position = bound < 0 ? bound + count : bound;
        return by > 0 ? Math.Clamp(position, 0, count) : Math.Clamp(position, -1, count - 1);
    }
}

internal sealed class AllStep : JsonPathStep
{
    public override IEnumerable<object?> Select(object? value, object? document, Budget budget) => Children(value);
}

internal sealed class UnionStep(List<JsonPathStep> selectors) : JsonPathStep
{
    public override IEnumerable<object?> Select(object? value, object? document, Budget budget) =>
        selectors.SelectMany(selector => selector.Select(value, document, budget));
}

internal sealed class FilterStep(JsonPathCondition condition) : JsonPathStep
{
    public override IEnumerable<object?> Select(object? value, object? document, Budget budget) =>
        Children(value).Where(child => condition.Holds(child, document, budget));
}

/// <summary>The value and everything inside it, from the outside in.</summary>
internal sealed class DescendStep : JsonPathStep
{
    public override IEnumerable<object?> Select(object? value, object? document, Budget budget) => Descend(value, budget, depth: 0);

    private static IEnumerable<object?> Descend(object? value, Budget budget, int depth)
    {
        Value.CheckDepth(depth);
        budget.Spend(1 + (depth / 8));
        yield return value;
        foreach (var child in Children(value))
        {
            foreach (var inner in Descend(child, budget, depth + 1))
            {
                yield return inner;
            }
        }
    }
}
