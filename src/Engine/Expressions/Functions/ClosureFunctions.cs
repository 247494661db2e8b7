using Argosy.Engine.Expressions.Language;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Functions;

/// <summary>A function whose second argument is evaluated once per element of the first.</summary>
/// <param name="ClosureRequired">Whether the call must have the closure; without one the elements themselves are used.</param>
/// <param name="TakesLast">Whether a third, ordinary argument may follow.</param>
internal sealed record ClosureFunction(string Name, bool ClosureRequired, bool TakesLast, Func<ClosureCall, object?> Compute);

/// <summary>One call of a closure function.</summary>
internal sealed class ClosureCall(string function, List<object?> items, Closure? closure, Node? last, Evaluation evaluation)
{
    public List<object?> Items => items;

    /// <summary>The text, when the closure is nothing but a text.</summary>
    public string? ConstantText => (closure?.Body as LiteralNode)?.Value as string;

    public bool HasLast => last is not null;

    public Budget Budget => evaluation.Budget;

    public object? Last() => last?.Evaluate(evaluation);

    public object? Apply(int index, object? accumulator = null) =>
        closure is null ? items[index] : closure.Apply(evaluation, items[index], index, accumulator);

    public bool Test(int index) => Operators.Truth(Apply(index), $"the predicate of {function}");
}

internal static class ClosureFunctions
{
    private static readonly Dictionary<string, ClosureFunction> Table = new ClosureFunction[]
    {
        new("all", true, false, call => Indices(call).All(call.Test)),
        new("any", true, false, call => Indices(call).Any(call.Test)),
        new("none", true, false, call => !Indices(call).Any(call.Test)),
        new("one", true, false, call => Indices(call).Count(call.Test) == 1),
        new("filter", true, false, call => Indices(call).Where(call.Test).Select(i => call.Items[i]).ToList()),
        new("map", true, false, call => Indices(call).Select(i => call.Apply(i)).ToList()),
        new("count", false, false, call => Indices(call).LongCount(call.Test)),
        new("sum", false, false, Sum),
        new("find", true, false, call => Find(call, Indices(call))),
        new("findIndex", true, false, call => FindIndex(call, Indices(call))),
        new("findLast", true, false, call => Find(call, Indices(call).Reverse())),
        new("findLastIndex", true, false, call => FindIndex(call, Indices(call).Reverse())),
        new("groupBy", true, false, GroupBy),
        new("countBy", true, false, CountBy),
        new("sortBy", true, true, SortBy),
        new("reduce", true, true, Reduce),
    }.ToDictionary(function => function.Name, StringComparer.Ordinal);

    public static ClosureFunction? Find(string name) => Table.GetValueOrDefault(name);

    private static IEnumerable<int> Indices(ClosureCall call) => Enumerable.Range(0, call.Items.Count);

    private static object? Find(ClosureCall call, IEnumerable<int> indices) =>
        FindIndex(call, indices) is var index && index >= 0 ? call.Items[index] : null;

    private static int FindIndex(ClosureCall call, IEnumerable<int> indices) =>
        indices.Where(call.Test).Select(index => (int?)index).FirstOrDefault() ?? -1;

    private static object? Sum(ClosureCall call)
    {
        object? sum = 0L;
        foreach (var index in Indices(call))
        {
            call.Budget.Spend(1);
            sum = Operators.Add(sum, call.Apply(index), call.Budget);
        }

        return sum;
    }

    private static ValueMap GroupBy(ClosureCall call)
    {
        var groups = new ValueMap();
        foreach (var index in Indices(call))
        {
            var key = Key(call.Apply(index));
            if (!groups.TryGetValue(key, out var group))
            {
                groups[key] = group = new List<object?>();
            }

            ((List<object?>)group!).Add(call.Items[index]);
        }

        return groups;
    }

    private static ValueMap CountBy(ClosureCall call)
    {
        var counts = new ValueMap();
        foreach (var index in Indices(call))
        {
            var key = Key(call.Apply(index));
            counts[key] = (counts.GetValueOrDefault(key) as long? ?? 0) + 1;
        }

        return counts;
    }

    /// <summary>The closure gives each element's key; a constant text is the name of the field that is the key.</summary>
    private static List<object?> SortBy(ClosureCall call)
    {
        var order = call.HasLast ? call.Last() as string ?? throw new ExpressionException("the order of sortBy must be a string") : "asc";
        var keyed = new List<object?>(call.Items.Count);
        foreach (var index in Indices(call))
        {
            var key = call.ConstantText is { } field ? Access.Member(call.Items[index], field) : call.Apply(index);
            keyed.Add(new List<object?> { key, call.Items[index] });
        }

        return Sorting.Sort(keyed, pair => ((List<object?>)pair!)[0], order, call.Budget).Select(pair => ((List<object?>)pair!)[1]).ToList();
    }

    private static object? Reduce(ClosureCall call)
    {
        if (call.Items.Count == 0 && !call.HasLast)
        {
            throw new ExpressionException("reduce of an empty array needs an initial value");
        }

        var accumulator = call.HasLast ? call.Last() : call.Items[0];
        for (var index = call.HasLast ? 0 : 1; index < call.Items.Count; index++)
        {
            accumulator = call.Apply(index, accumulator);
        }

        return accumulator;
    }

    private static string Key(object? value) => value as string ?? GoText.Of(value);
}
