using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Language;

internal sealed class LiteralNode(object? value) : Node
{
    public object? Value => value;

    public override object? Evaluate(Evaluation evaluation) => value;
}

internal sealed class VariableNode(VariablePath path) : Node
{
    public VariablePath Path => path;

    public override object? Evaluate(Evaluation evaluation) => evaluation.Surroundings.Resolve(path, nilIsFine: false);

    public object? EvaluateOrNil(Evaluation evaluation) => evaluation.Surroundings.Resolve(path, nilIsFine: true);
}

/// <summary>A <c>let</c> variable, or a closure's <c>#</c>, <c>#index</c> or <c>#acc</c>.</summary>
internal sealed class SlotNode(int slot) : Node
{
    public override object? Evaluate(Evaluation evaluation) => evaluation.Slots[slot];
}

internal sealed class LetNode(int slot, Node value, Node body) : Node(value, body)
{
    public override object? Evaluate(Evaluation evaluation)
    {
        evaluation.Slots[slot] = value.Evaluate(evaluation);
        return body.Evaluate(evaluation);
    }
}

internal sealed class SequenceNode(Node first, Node second) : Node(first, second)
{
    public override object? Evaluate(Evaluation evaluation)
    {
        first.Evaluate(evaluation);
        return second.Evaluate(evaluation);
    }
}

internal sealed class ListNode(Node[] items) : Node(items)
{
    public override object? Evaluate(Evaluation evaluation)
    {
        evaluation.Budget.Spend(items.Length);
        var list = new List<object?>(items.Length);
        foreach (var item in items)
        {
            list.Add(item.Evaluate(evaluation));
        }

        return list;
    }
}

internal sealed class MapNode(Node[] keys, Node[] values) : Node([.. keys, .. values])
{
    public override object? Evaluate(Evaluation evaluation)
    {
        evaluation.Budget.Spend(keys.Length);
        var map = new ValueMap();
        for (var i = 0; i < keys.Length; i++)
        {
            var key = keys[i].Evaluate(evaluation);
            map[key as string ?? GoText.Of(key)] = values[i].Evaluate(evaluation);
        }

        return map;
    }
}

/// <summary><c>'name' in $env</c>: the only use of the environment as a whole.</summary>
internal sealed class EnvironmentHasNode(Node name) : Node(name)
{
    public override object? Evaluate(Evaluation evaluation) =>
        name.Evaluate(evaluation) is string text && evaluation.Surroundings.Has(text);
}
