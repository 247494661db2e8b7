using Argosy.Engine.Expressions.Language;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Functions;

/// <summary>Functions over lists and maps that take no closure.</summary>
internal static class ListFunctions
{
    public static void AddTo(FunctionTable table)
    {
        table.Add("len", 1, a => Length(a));
        table.Add("get", 2, a => Get(a));
        table.Add("first", 1, a => a.List(0).FirstOrDefault());
        table.Add("last", 1, a => a.List(0).LastOrDefault());
        table.Add("take", 2, a => a.Integer(1) >= 0 ? a.List(0).Take((int)Math.Min(a.Integer(1), int.MaxValue)).ToList() : throw a.Invalid(1));
        table.Add("reverse", 1, a => Copy(a, Enumerable.Reverse(a.List(0))));
        table.Add("concat", 1, int.MaxValue, a => Copy(a, Enumerable.Range(0, a.Count).SelectMany(a.List)));
        table.Add("flatten", 1, a => Copy(a, Flat(a.List(0), depth: 0)));
        table.Add("uniq", 1, a => Distinct(a, a.List(0)));
        table.Add("join", 1, 2, a => Join(a, a.List(0), a.Text(1, "")));
        table.Add("sort", 1, 2, a => Sorting.Sort(a.List(0), item => item, a.Text(1, "asc"), a.Budget));
        table.Add("keys", 1, a => Copy(a, a.Map(0).Keys));
        table.Add("values", 1, a => Copy(a, a.Map(0).Values));
        table.Add("toPairs", 1, a => Copy(a, a.Map(0).Select(entry => new List<object?> { entry.Key, entry.Value })));
        table.Add("fromPairs", 1, a => FromPairs(a));
    }

    public static List<object?> Copy(Arguments arguments, IEnumerable<object?> items)
    {
        var list = new List<object?>();
        foreach (var item in items)
        {
            arguments.Budget.Spend(1);
            list.Add(item);
        }

        return list;
    }

    public static List<object?> Distinct(Arguments arguments, List<object?> items)
    {
        var distinct = new List<object?>();
        foreach (var item in items)
        {
            if (!distinct.Exists(known => Comparison.Equals(known, item, arguments.Budget)))
            {
                distinct.Add(item);
            }
        }

        return distinct;
    }

    public static string Join(Arguments arguments, List<object?> items, string separator)
    {
        arguments.Budget.SpendText(items.Sum(item => (item as string ?? "").Length + (long)separator.Length));
        return string.Join(separator, items.Select(item => item as string
            ?? throw new ExpressionException($"{arguments.Function} needs an array of strings, not of {Value.TypeName(item)}")));
    }

    /// <summary>Text counts characters, not UTF-16 units.</summary>
    private static long Length(Arguments arguments) => arguments[0] switch
    {
        string text => text.EnumerateRunes().LongCount(),
        List<object?> list => list.Count,
        ValueMap map => map.Count,
        _ => throw arguments.Invalid(0),
    };

    private static object? Get(Arguments arguments)
    {
        try
        {
            return Access.Element(arguments[0], arguments[1]);
        }
        catch (ExpressionException)
        {
            // The function exists to ask without failing: whatever cannot be fetched is nil.
            return null;
        }
    }

    private static IEnumerable<object?> Flat(List<object?> list, int depth)
    {
        Value.CheckDepth(depth);
        return list.SelectMany(item => item is List<object?> inner ? Flat(inner, depth + 1) : [item]);
    }

    private static ValueMap FromPairs(Arguments arguments)
    {
        var map = new ValueMap();
        foreach (var item in arguments.List(0))
        {
            if (item is not List<object?> { Count: 2 } pair)
            {
                throw new ExpressionException("fromPairs needs an array of pairs");
            }

            map[pair[0] as string ?? GoText.Of(pair[0])] = pair[1];
        }

        return map;
    }
}

/// <summary>Stable sorting of values that can be ordered.</summary>
internal static class Sorting
{
    public static List<object?> Sort(List<object?> items, Func<object?, object?> key, string order, Budget budget)
    {
        if (order is not ("asc" or "desc"))
        {
            throw new ExpressionException($"invalid order \"{order}\" (expected \"asc\" or \"desc\")");
        }

        var comparer = Comparer<object?>.Create((left, right) =>
        {
            budget.Spend(1);
            return Comparison.TryOrder(left, right)
                ?? throw new ExpressionException($"cannot order {Value.TypeName(left)} and {Value.TypeName(right)}");
        });
        try
        {
            return [.. order == "asc" ? items.OrderBy(key, comparer) : items.OrderByDescending(key, comparer)];
        }
        catch (InvalidOperationException e) when (e.InnerException is ExpressionException inner)
        {
            throw inner;
        }
    }
}
