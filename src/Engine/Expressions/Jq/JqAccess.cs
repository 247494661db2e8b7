using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Jq;

/// <summary>Getting, setting and deleting what lies at a key or path. Values are never changed: the new value shares what stays.</summary>
internal static class JqAccess
{
    private const int LongestList = 500_000;

    public static object? Get(object? target, object? key, Budget budget)
    {
        switch (target, key)
        {
            case (null, string or long or double or ValueMap or null):
                return null;
            case (ValueMap map, string name):
                return map.GetValueOrDefault(name);
            case (List<object?> list, long or double):
                var position = Position(key, list.Count);
                return position >= 0 && position < list.Count ? list[(int)position] : null;
            case (List<object?> list, ValueMap slice):
                var (start, end) = Bounds(slice, list.Count);
                budget.Spend(end - start);
                return list.GetRange(start, end - start);
            case (string text, ValueMap slice):
                var runes = text.EnumerateRunes().ToArray();
                var (first, last) = Bounds(slice, runes.Length);
                budget.SpendText(text.Length);
                return string.Concat(runes[first..last].Select(rune => rune.ToString()));
            case (List<object?> list, List<object?> wanted):
                return JqTexts.Indices(list, wanted, budget);
            default:
                throw Wrong(target, key);
        }
    }

    /// <exception cref="JqFailure">The value has nothing inside it.</exception>
    public static IEnumerable<Located> Children(Located value, Budget budget)
    {
        switch (value.Value)
        {
            case List<object?> list:
                budget.Spend(list.Count);
                return list.Select((item, index) => value.At((long)index, item));
            case ValueMap map:
                budget.Spend(map.Count);
                return map.SortedKeys().Select(key => value.At(key, map[key]));
            default:
                throw new JqFailure($"cannot iterate over: {JqValue.Preview(value.Value)}");
        }
    }

    public static object? GetPath(object? value, List<object?> path, Budget budget)
    {
        foreach (var key in path)
        {
            value = value is null ? null : Get(value, key, budget);
        }

        return value;
    }

    /// <summary>The value with what lies at the path replaced.</summary>
    public static object? Update(object? value, List<object?> path, Func<object?, object?> change, Budget budget, int from = 0)
    {
        Value.CheckDepth(from);
        if (from == path.Count)
        {
            return change(value);
        }

        var key = path[from];
        var inner = Update(Get(value, key, budget), path, change, budget, from + 1);
        switch (value, key)
        {
            case (null or ValueMap, string name):
                budget.Spend((value as ValueMap)?.Count ?? 1);
                return new ValueMap(value as ValueMap ?? []) { [name] = inner };
            case (null or List<object?>, long or double):
                return SetItem(value as List<object?> ?? [], key, inner, budget);
            case (null or List<object?>, ValueMap slice):
                return SetSlice(value as List<object?> ?? [], slice, inner, budget);
            default:
                throw Wrong(value, key);
        }
    }

    /// <summary>The value without what lies at the paths.</summary>
    public static object? Delete(object? value, List<object?> paths, Budget budget)
    {
        // From the last to the first, so that no deletion moves what a later one means.
        var ordered = paths.ConvertAll(path => path as List<object?> ?? throw new JqFailure($"path must be an array, not: {JqValue.Preview(path)}"));
        ordered.Sort((a, b) => JqValue.Compare(b, a, budget));
        foreach (var path in ordered)
        {
            value = Delete(value, path, 0, budget);
        }

        return value;
    }

    private static object? Delete(object? value, List<object?> path, int from, Budget budget)
    {
        Value.CheckDepth(from);
        if (from == path.Count || value is null)
        {
            return null;
        }

        var key = path[from];
        if (from + 1 < path.Count)
        {
            return Get(value, key, budget) is { } inner
                ? Update(value, [key], _ => Delete(inner, path, from + 1, budget), budget)
                : value;
        }

        switch (value, key)
        {
            case (ValueMap map, string name):
                budget.Spend(map.Count);
                return new ValueMap(map.Where(entry => entry.Key != name));
            case (List<object?> list, long or double):
                budget.Spend(list.Count);
                var position = Position(key, list.Count);
                return position >= 0 && position < list.Count ? [.. list.Where((_, index) => index != position)] : list;
            case (List<object?> list, ValueMap slice):
                return SetSlice(list, slice, new List<object?>(), budget);
            default:
                throw new JqFailure($"cannot delete field at: {JqValue.Preview(key)} of {JqValue.Preview(value)}");
        }
    }

    private static List<object?> SetItem(List<object?> list, object? key, object? item, Budget budget)
    {
        var position = Position(key, list.Count);
        if (position < 0)
        {
            throw new JqFailure($"array index should not be negative: {JqValue.Text(key)}");
        }

        if (position >= LongestList)
        {
            throw new JqFailure($"array index too large: {JqValue.Text(key)}");
        }

        budget.Spend(Math.Max(list.Count, position));
        var copy = new List<object?>(list);
        while (copy.Count <= position)
        {
            copy.Add(null);
        }

        copy[(int)position] = item;
        return copy;
    }

    private static List<object?> SetSlice(List<object?> list, ValueMap slice, object? items, Budget budget)
    {
        var replacement = items as List<object?> ?? throw new JqFailure($"expected an array but got: {JqValue.Preview(items)}");
        var (start, end) = Bounds(slice, list.Count);
        budget.Spend(list.Count + replacement.Count);
        return [.. list.Take(start), .. replacement, .. list.Skip(end)];
    }

    private static long Position(object? key, int count)
    {
        var position = key is double f ? (long)Math.Clamp(Math.Floor(f), int.MinValue, int.MaxValue) : (long)key!;
        return position < 0 ? position + count : position;
    }

    private static (int Start, int End) Bounds(ValueMap slice, int count)
    {
        var start = Bound(slice.GetValueOrDefault("start"), 0, count, Math.Floor);
        var end = Bound(slice.GetValueOrDefault("end"), count, count, Math.Ceiling);
        return (start, Math.Max(start, end));
    }

    private static int Bound(object? bound, int open, int count, Func<double, double> round)
    {
        if (bound is null)
        {
            return open;
        }

        var position = bound is long or double
            ? round(JqValue.Float(bound))
            : throw new JqFailure($"expected a number for indexing an array but got: {JqValue.Preview(bound)}");
        return (int)Math.Clamp(position < 0 ? position + count : position, 0, count);
    }

    private static JqFailure Wrong(object? target, object? key) => new(key switch
    {
        string name => $"expected an object but got: {JqValue.Preview(target)}, which has no field {JqValue.Preview(name)}",
        long or double => $"expected an array but got: {JqValue.Preview(target)}",
        ValueMap => $"expected an array or string for slicing but got: {JqValue.Preview(target)}",
        _ => $"cannot index {JqValue.Preview(target)} with: {JqValue.Preview(key)}",
    });
}
