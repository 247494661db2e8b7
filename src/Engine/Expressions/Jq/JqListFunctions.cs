using System.Text;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Jq;

/// <summary>Sorting, grouping, joining and flattening.</summary>
internal static class JqListFunctions
{
    public static void AddTo(Action<string, int, JqNative> add, Action<string, int, Func<JqCall, object?>> addValue)
    {
        addValue("sort", 0, call => Sorted(call.List, item => item, call.Budget));
        addValue("unique", 0, call => Distinct(Groups(call.List.ConvertAll(item => (Key: item, Item: item)), call.Budget)));
        addValue("min", 0, call => Extreme(call.List.ConvertAll(item => (Key: item, Item: item)), -1, call.Budget));
        addValue("max", 0, call => Extreme(call.List.ConvertAll(item => (Key: item, Item: item)), 1, call.Budget));
        AddKeyed(add, "sort_by", (keyed, budget) => Sorted(keyed, pair => pair.Key, budget).ConvertAll(pair => pair.Item));
        AddKeyed(add, "group_by", (keyed, budget) => Groups(keyed, budget).ConvertAll(group => (object?)group.ConvertAll(pair => pair.Item)));
        AddKeyed(add, "unique_by", (keyed, budget) => Distinct(Groups(keyed, budget)));
        AddKeyed(add, "min_by", (keyed, budget) => Extreme(keyed, -1, budget));
        AddKeyed(add, "max_by", (keyed, budget) => Extreme(keyed, 1, budget));
        addValue("reverse", 0, Reverse);
        addValue("flatten", 0, call => Flatten(call.List, long.MaxValue, [], call.Budget, 0));
        addValue("flatten", 1, call => call.FloatAt(0) >= 0
            ? Flatten(call.List, JqValue.Whole(call[0]), [], call.Budget, 0)
            : throw new JqFailure("flatten depth must not be negative"));
        addValue("from_entries", 0, FromEntries);
        addValue("join", 1, Join);
        addValue("indices", 1, call => call.Input is null ? null : call.Input is string text
            ? JqTexts.Indices(text, call.TextAt(0), call.Budget)
            : JqTexts.Indices(call.List, call[0] as List<object?> ?? [call[0]], call.Budget));
        addValue("index", 1, call => Occurrence(call, found => found.FirstOrDefault()));
        addValue("rindex", 1, call => Occurrence(call, found => found.LastOrDefault()));
        addValue("bsearch", 1, call => BinarySearch(call.List, call[0], call.Budget));
    }

    /// <summary>Texts and arrays are joined in one go; the sum of nothing is null.</summary>
    public static object? Sum(IEnumerable<object?> values, Budget budget)
    {
        object? sum = null;
        StringBuilder? text = null;
        List<object?>? list = null;
        foreach (var value in values)
        {
            budget.Spend(1);
            switch (sum, value)
            {
                case (string first, string more):
                    budget.SpendText(more.Length);
                    (text ??= new StringBuilder(first)).Append(more);
                    break;
                case (List<object?> first, List<object?> more):
                    budget.Spend(more.Count);
                    (list ??= [.. first]).AddRange(more);
                    break;
                case (_, null):
                    break;
                default:
                    sum = JqValue.Add(text?.ToString() ?? list ?? sum, value, budget);
                    (text, list) = (null, null);
                    break;
            }
        }

        return text?.ToString() ?? list ?? sum;
    }

    private static void AddKeyed(Action<string, int, JqNative> add, string name, Func<List<(object? Key, object? Item)>, Budget, object?> compute) =>
        add(name, 1, (arguments, environment, input) =>
        {
            var items = input.Value as List<object?> ?? throw new JqFailure($"{name} cannot be applied to: {JqValue.Preview(input.Value)}");
            var keyed = items.ConvertAll(item => ((object?)arguments[0].Values(environment, new Located(item, null)).ToList(), item));
            return [input.Computed(compute(keyed, environment.Budget))];
        });

    private static List<T> Sorted<T>(List<T> items, Func<T, object?> key, Budget budget)
    {
        var comparer = Comparer<object?>.Create((a, b) => JqValue.Compare(a, b, budget));
        try
        {
            return [.. items.OrderBy(key, comparer)];
        }
        catch (InvalidOperationException e) when (e.InnerException is ExpressionException inner)
        {
            throw inner;
        }
    }

    /// <summary>In the order of their keys, those with equal keys together and in their own order.</summary>
    private static List<List<(object? Key, object? Item)>> Groups(List<(object? Key, object? Item)> keyed, Budget budget)
    {
        var groups = new List<List<(object? Key, object? Item)>>();
        foreach (var pair in Sorted(keyed, pair => pair.Key, budget))
        {
            if (groups.Count > 0 && JqValue.Compare(groups[^1][0].Key, pair.Key, budget) == 0)
            {
                groups[^1].Add(pair);
            }
            else
            {
                groups.Add([pair]);
            }
        }

        return groups;
    }

    private static List<object?> Distinct(List<List<(object? Key, object? Item)>> groups) => groups.ConvertAll(group => group[0].Item);

    /// <summary>Of several smallest the first, of several largest the last.</summary>
    private static object? Extreme(List<(object? Key, object? Item)> keyed, int sign, Budget budget)
    {
        if (keyed.Count == 0)
        {
            return null;
        }

        var best = keyed[0];
        foreach (var pair in keyed.Skip(1))
        {
            var order = JqValue.Compare(pair.Key, best.Key, budget);
            best = (sign < 0 ? order < 0 : order >= 0) ? pair : best;
        }

        return best.Item;
    }

    private static object? Reverse(JqCall call)
    {
        switch (call.Input)
        {
            case null:
                return new List<object?>();
            case string text:
                call.Budget.SpendText(text.Length);
                return string.Concat(text.EnumerateRunes().Reverse().Select(rune => rune.ToString()));
            default:
                call.Budget.Spend(call.List.Count);
                return Enumerable.Reverse(call.List).ToList();
        }
    }

    private static List<object?> Flatten(List<object?> list, long levels, List<object?> flat, Budget budget, int depth)
    {
        Value.CheckDepth(depth);
        foreach (var item in list)
        {
            budget.Spend(1);
            if (item is List<object?> inner && levels > 0)
            {
                Flatten(inner, levels - 1, flat, budget, depth + 1);
            }
            else
            {
                flat.Add(item);
            }
        }

        return flat;
    }

    private static ValueMap FromEntries(JqCall call)
    {
        var map = new ValueMap();
        foreach (var item in call.List)
        {
            call.Budget.Spend(1);
            var entry = item as ValueMap ?? throw new JqFailure($"expected an object but got: {JqValue.Preview(item)}");
            var key = First(entry, "key", "k", "name", "Name", "Key", "K");
            map[key switch
            {
                string text => text,
                null => "null",
                bool or long or double => JqValue.Text(key),
                _ => throw new JqFailure($"expected a string for object key but got: {JqValue.Preview(key)}"),
            }] = Named(entry, "value", "v", "Value", "V");
        }

        return map;
    }

    /// <summary>The first of the fields that is there and, unless it is false, true: <c>{"key": false}</c> names the key "false".</summary>
    private static object? First(ValueMap entry, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (entry.GetValueOrDefault(name) is { } value)
            {
                return value;
            }
        }

        return null;
    }

    private static object? Named(ValueMap entry, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (entry.TryGetValue(name, out var value))
            {
                return value;
            }
        }

        return null;
    }

    private static object? Join(JqCall call)
    {
        var separator = call.List.Count == 0 ? "" : call.TextAt(0);
        var text = new StringBuilder();
        for (var i = 0; i < call.List.Count; i++)
        {
            var item = call.List[i] switch
            {
                null => "",
                string s => s,
                bool or long or double => JqValue.Text(call.List[i]),
                _ => throw new JqFailure($"join cannot be applied to: {JqValue.Preview(call.Input)}"),
            };
            call.Budget.SpendText(item.Length + separator.Length);
            text.Append(i == 0 ? "" : separator).Append(item);
        }

        return text.ToString();
    }

    private static object? Occurrence(JqCall call, Func<List<object?>, object?> pick) => call.Input switch
    {
        null => null,
        string text => pick(JqTexts.Indices(text, call.TextAt(0), call.Budget)),
        _ => pick(JqTexts.Indices(call.List, call[0] as List<object?> ?? [call[0]], call.Budget)),
    };

    /// <summary>Where the value is in a sorted list, or minus one minus where it would be.</summary>
    private static long BinarySearch(List<object?> list, object? value, Budget budget)
    {
        var (low, high) = (0, list.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = JqValue.Compare(list[middle], value, budget);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return -1 - low;
    }
}
