using Argosy.Engine.Expressions.Functions;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Sprig;

/// <summary>Functions on maps. Where Sprig changes a map in place, these give a changed copy.</summary>
internal static class SprigMaps
{
    public static void AddTo(FunctionTable table)
    {
        table.Add("dict", 0, int.MaxValue, Dictionary);
        table.Add("get", 2, a => a.Map(0).TryGetValue(a.Text(1), out var value) ? value : "");
        table.Add("hasKey", 2, a => a.Map(0).ContainsKey(a.Text(1)));
        table.Add("set", 3, a => new ValueMap(Paid(a, a.Map(0))) { [a.Text(1)] = a[2] });
        table.Add("unset", 2, a => Only(a, key => key != a.Text(1)));
        table.Add("pick", 1, int.MaxValue, a => Only(a, a.From(1).OfType<string>().ToHashSet(StringComparer.Ordinal).Contains));
        table.Add("omit", 1, int.MaxValue, a => Only(a, key => !a.From(1).Contains(key)));
        table.Add("keys", 0, int.MaxValue, a => Maps(a).SelectMany(map => map.Keys).ToList());
        table.Add("values", 1, a => a.Map(0).Values.ToList());
        table.Add("pluck", 1, int.MaxValue, a => a.From(1).OfType<ValueMap>().Where(map => map.ContainsKey(a.Text(0))).Select(map => map[a.Text(0)]).ToList());
        table.AddWithMust("merge", 1, int.MaxValue, a => Maps(a).Aggregate((whole, next) => Merge(a, whole, next, overwrite: false, depth: 0)));
        table.AddWithMust("mergeOverwrite", 1, int.MaxValue, a => Maps(a).Aggregate((whole, next) => Merge(a, whole, next, overwrite: true, depth: 0)));
        table.AddWithMust("deepCopy", 1, 1, a => a[0]);
        table.Add("dig", 2, int.MaxValue, Dig);
    }

    private static IEnumerable<ValueMap> Maps(Arguments arguments) => Enumerable.Range(0, arguments.Count).Select(arguments.Map);

    private static ValueMap Paid(Arguments arguments, ValueMap map)
    {
        arguments.Budget.Spend(map.Count);
        return map;
    }

    private static ValueMap Only(Arguments arguments, Func<string, bool> wanted) =>
        new(Paid(arguments, arguments.Map(0)).Where(entry => wanted(entry.Key)));

    /// <summary>Keys and values in turn; a key without a value has an empty text.</summary>
    private static ValueMap Dictionary(Arguments arguments)
    {
        var map = new ValueMap();
        for (var i = 0; i < arguments.Count; i += 2)
        {
            map[GoText.Of(arguments[i])] = i + 1 < arguments.Count ? arguments[i + 1] : "";
        }

        return map;
    }

    private static ValueMap Merge(Arguments arguments, ValueMap first, ValueMap second, bool overwrite, int depth)
    {
        Value.CheckDepth(depth);
        arguments.Budget.Spend(first.Count + second.Count);
        var merged = new ValueMap(first);
        foreach (var (key, value) in second)
        {
            var known = merged.TryGetValue(key, out var existing) && !Loose.IsEmpty(existing);
            if (known && existing is ValueMap left && value is ValueMap right)
            {
                merged[key] = Merge(arguments, left, right, overwrite, depth + 1);
            }
            else if (!known || (overwrite && !Loose.IsEmpty(value)))
            {
                merged[key] = value;
            }
        }

        return merged;
    }

    /// <summary><c>dig("a", "b", default, map)</c>: what is at a.b, or the default where the way ends early.</summary>
    private static object? Dig(Arguments arguments)
    {
        object? value = arguments.Map(arguments.Count - 1);
        for (var i = 0; i < arguments.Count - 2; i++)
        {
            if (value is not ValueMap map || !map.TryGetValue(arguments.Text(i), out value))
            {
                return arguments[arguments.Count - 2];
            }
        }

        return value;
    }
}
