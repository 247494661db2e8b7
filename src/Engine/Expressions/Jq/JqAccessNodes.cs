using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Jq;

/// <summary><c>target[key]</c> and <c>target.name</c>.</summary>
internal sealed class JqIndexNode(JqNode target, JqNode key) : JqNode
{
    protected override IEnumerable<Located> Outputs(JqEnvironment environment, Located input)
    {
        foreach (var value in target.Run(environment, input))
        {
            foreach (var at in key.Values(environment, input))
            {
                yield return value.At(at, JqAccess.Get(value.Value, at, environment.Budget));
            }
        }
    }
}

/// <summary><c>target[from:to]</c>.</summary>
internal sealed class JqSliceNode(JqNode target, JqNode? from, JqNode? to) : JqNode
{
    private static readonly JqNode Open = new JqLiteralNode(null);

    protected override IEnumerable<Located> Outputs(JqEnvironment environment, Located input)
    {
        foreach (var value in target.Run(environment, input))
        {
            foreach (var end in (to ?? Open).Values(environment, input))
            {
                foreach (var start in (from ?? Open).Values(environment, input))
                {
                    var key = new ValueMap { ["start"] = start, ["end"] = end };
                    yield return value.At(key, JqAccess.Get(value.Value, key, environment.Budget));
                }
            }
        }
    }
}

/// <summary><c>target[]</c>.</summary>
internal sealed class IterateNode(JqNode target) : JqNode
{
    protected override IEnumerable<Located> Outputs(JqEnvironment environment, Located input) =>
        target.Run(environment, input).SelectMany(value => JqAccess.Children(value, environment.Budget));
}

/// <summary><c>..</c>: the value and everything inside it, from the outside in.</summary>
internal sealed class DescendNode : JqNode
{
    protected override IEnumerable<Located> Outputs(JqEnvironment environment, Located input)
    {
        var waiting = new Stack<Located>([input]);
        while (waiting.TryPop(out var value))
        {
            yield return value;
            if (value.Value is List<object?> or ValueMap)
            {
                foreach (var child in JqAccess.Children(value, environment.Budget).Reverse())
                {
                    waiting.Push(child);
                }
            }
        }
    }
}

/// <summary><c>[body]</c>.</summary>
internal sealed class JqListNode(JqNode? body) : JqNode
{
    protected override IEnumerable<Located> Outputs(JqEnvironment environment, Located input)
    {
        var items = new List<object?>();
        foreach (var item in body?.Values(environment, input) ?? [])
        {
            environment.Budget.Spend(1);
            items.Add(item);
        }

        yield return input.Computed(items);
    }
}

/// <summary><c>{key: value, …}</c>: one object for each combination of the keys' and values' outputs.</summary>
internal sealed class JqMapNode(IReadOnlyList<(JqNode Key, JqNode? Value)> entries) : JqNode
{
    protected override IEnumerable<Located> Outputs(JqEnvironment environment, Located input) =>
        Combine(environment, input).Select(map => input.Computed(map));

    /// <summary>The maps of the first entries, the later ones varying slowest.</summary>
    private IEnumerable<ValueMap> Combine(JqEnvironment environment, Located input)
    {
        IEnumerable<ValueMap> maps = [[]];
        foreach (var entry in entries)
        {
            maps = maps.SelectMany(map => Extend(environment, input, map, entry));
        }

        return maps;
    }

    private static IEnumerable<ValueMap> Extend(JqEnvironment environment, Located input, ValueMap map, (JqNode Key, JqNode? Value) entry)
    {
        foreach (var key in entry.Key.Values(environment, input))
        {
            if (key is not string name)
            {
                throw new JqFailure($"expected a string for object key but got: {JqValue.Preview(key)}");
            }

            var values = entry.Value?.Values(environment, input) ?? [JqAccess.Get(input.Value, name, environment.Budget)];
            foreach (var value in values)
            {
                environment.Budget.Spend(1 + map.Count);
                yield return new ValueMap(map) { [name] = value };
            }
        }
    }
}

/// <summary>A text with filters in it, each output written by the format.</summary>
internal sealed class JqTextNode(IReadOnlyList<(string? Plain, JqNode? Filter)> parts, Func<object?, Budget, string> write) : JqNode
{
    protected override IEnumerable<Located> Outputs(JqEnvironment environment, Located input)
    {
        IEnumerable<string> texts = [""];
        foreach (var (plain, filter) in parts)
        {
            texts = filter is null
                ? texts.Select(text => text + plain)
                : texts.SelectMany(text => filter.Values(environment, input).Select(value => Joined(text, write(value, environment.Budget), environment.Budget)));
        }

        return texts.Select(text => input.Computed(text));
    }

    private static string Joined(string text, string more, Budget budget)
    {
        budget.SpendText(text.Length + more.Length);
        return text + more;
    }
}
