using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Jq;

/// <summary>Functions over the outputs of filters, and those that keep paths.</summary>
internal static class JqStreamFunctions
{
    public static void AddTo(Action<string, int, JqNative> add)
    {
        add("empty", 0, (_, _, _) => []);
        add("error", 0, (_, _, input) => throw new JqFailure(input.Value));
        add("error", 1, (arguments, environment, input) =>
            arguments[0].Values(environment, input).Select<object?, Located>(value => throw new JqFailure(value)));
        add("recurse", 1, (arguments, environment, input) => Unfold(input, _ => true, value => arguments[0].Run(environment, value)));
        add("while", 2, (arguments, environment, input) => Unfold(
            input, value => arguments[0].Values(environment, value).Any(JqValue.IsTrue), value => arguments[1].Run(environment, value)));
        add("until", 2, Until);
        add("range", 1, (arguments, environment, input) =>
            arguments[0].Values(environment, input).SelectMany(to => Range(0L, to, 1L, environment.Budget)).Select(value => input.Computed(value)));
        add("range", 2, (arguments, environment, input) => Ranges(arguments, new JqLiteralNode(1L), environment, input));
        add("range", 3, (arguments, environment, input) => Ranges(arguments, arguments[2], environment, input));
        add("limit", 2, (arguments, environment, input) =>
            arguments[0].Values(environment, input).SelectMany(count => arguments[1].Run(environment, input).Take(Count(count))));
        add("skip", 2, (arguments, environment, input) =>
            arguments[0].Values(environment, input).SelectMany(count => arguments[1].Run(environment, input).Skip(Count(count))));
        add("first", 1, (arguments, environment, input) => arguments[0].Run(environment, input).Take(1));
        add("last", 1, (arguments, environment, input) => arguments[0].Run(environment, input).TakeLast(1));
        add("getpath", 1, (arguments, environment, input) => arguments[0].Values(environment, input).Select(path => GetPath(input, path, environment.Budget)));
        add("add", 1, (arguments, environment, input) =>
            [input.Computed(JqListFunctions.Sum(arguments[0].Values(environment, input), environment.Budget))]);
        add("tostream", 0, (_, environment, input) => Stream(input.Value, [], environment.Budget).Select(value => input.Computed(value)));
        add("fromstream", 1, FromStream);
        add("input", 0, (_, _, _) => throw new JqFailure("No more inputs"));
        add("inputs", 0, (_, _, _) => []);
        add("debug", 0, (_, _, input) => [input]);
        add("stderr", 0, (_, _, input) => [input]);
    }

    private static int Count(object? count) => count is long or double
        ? (int)Math.Clamp(JqValue.Whole(count), 0, int.MaxValue)
        : throw new JqFailure($"expected a number but got: {JqValue.Preview(count)}");

    /// <summary>A value, then what follows from it, depth first; without a call per level, so that long chains cost no stack.</summary>
    private static IEnumerable<Located> Unfold(Located start, Func<Located, bool> goesOn, Func<Located, IEnumerable<Located>> next)
    {
        if (!goesOn(start))
        {
            yield break;
        }

        yield return start;
        var open = new Stack<IEnumerator<Located>>([next(start).GetEnumerator()]);
        while (open.TryPeek(out var outputs))
        {
            if (!outputs.MoveNext())
            {
                open.Pop();
            }
            else if (outputs.Current is var value && goesOn(value))
            {
                yield return value;
                open.Push(next(value).GetEnumerator());
            }
        }
    }

    private static IEnumerable<Located> Until(IReadOnlyList<JqNode> arguments, JqEnvironment environment, Located input)
    {
        var open = new Stack<Located>([input]);
        while (open.TryPop(out var value))
        {
            if (arguments[0].Values(environment, value).Any(JqValue.IsTrue))
            {
                yield return value;
                continue;
            }

            foreach (var next in arguments[1].Run(environment, value).Reverse())
            {
                open.Push(next);
            }
        }
    }

    private static IEnumerable<Located> Ranges(IReadOnlyList<JqNode> arguments, JqNode step, JqEnvironment environment, Located input) =>
        from start in arguments[0].Values(environment, input)
        from end in arguments[1].Values(environment, input)
        from width in step.Values(environment, input)
        from value in Range(start, end, width, environment.Budget)
        select input.Computed(value);

    private static IEnumerable<object?> Range(object? start, object? end, object? step, Budget budget)
    {
        if (start is not (long or double) || end is not (long or double) || step is not (long or double))
        {
            throw new JqFailure("Range bounds must be numeric");
        }

        var direction = Math.Sign(JqValue.Float(step));
        for (var at = start; direction != 0 && Math.Sign(JqValue.Float(end).CompareTo(JqValue.Float(at))) == direction; at = JqValue.Add(at, step, budget))
        {
            budget.Spend(1);
            yield return at;
        }
    }

    private static Located GetPath(Located input, object? path, Budget budget)
    {
        var at = input;
        foreach (var key in path as List<object?> ?? throw new JqFailure($"path must be an array, not: {JqValue.Preview(path)}"))
        {
            at = at.At(key, at.Value is null ? null : JqAccess.Get(at.Value, key, budget));
        }

        return at;
    }

    private static IEnumerable<object?> Stream(object? value, List<object?> path, Budget budget)
    {
        budget.Spend(1 + path.Count);
        Value.CheckDepth(path.Count);
        List<(object? Key, object? Value)> children = value switch
        {
            List<object?> list => [.. list.Select((item, index) => ((object?)(long)index, item))],
            ValueMap map => [.. map.SortedKeys().Select(key => ((object?)key, map[key]))],
            _ => [],
        };
        if (children.Count == 0)
        {
            yield return new List<object?> { path, value };
        }

        foreach (var child in children)
        {
            foreach (var inner in Stream(child.Value, [.. path, child.Key], budget))
            {
                yield return inner;
            }
        }

        if (children.Count > 0)
        {
            yield return new List<object?> { new List<object?>([.. path, children[^1].Key]) };
        }
    }

    private static IEnumerable<Located> FromStream(IReadOnlyList<JqNode> arguments, JqEnvironment environment, Located input)
    {
        object? built = null;
        foreach (var item in arguments[0].Values(environment, input))
        {
            if (item is not List<object?> { Count: 1 or 2 } entry || entry[0] is not List<object?> path)
            {
                throw new JqFailure($"invalid streaming format: {JqValue.Preview(item)}");
            }

            built = entry.Count == 2 ? JqAccess.Update(built, path, _ => entry[1], environment.Budget) : built;
            if (path.Count == (entry.Count == 2 ? 0 : 1))
            {
                yield return input.Computed(built);
                built = null;
            }
        }
    }
}
