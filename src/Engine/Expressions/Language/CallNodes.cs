using Argosy.Engine.Expressions.Functions;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Language;

internal sealed class CallNode(Function function, Node[] arguments) : Node(arguments)
{
    public override object? Evaluate(Evaluation evaluation)
    {
        evaluation.Budget.Spend(2);
        var values = new object?[arguments.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = arguments[i].Evaluate(evaluation);
        }

        return Value.From(function.Compute(new Arguments(function.Name, values, evaluation)));
    }
}

/// <summary>The part of a call that runs once per element, with the element, its position and an accumulator in three slots.</summary>
internal sealed class Closure(Node body, int slot)
{
    public Node Body => body;

    public object? Apply(Evaluation evaluation, object? item, long index, object? accumulator)
    {
        evaluation.Budget.Spend(body.Size);
        evaluation.Slots[slot] = item;
        evaluation.Slots[slot + 1] = index;
        evaluation.Slots[slot + 2] = accumulator;
        return body.Evaluate(evaluation);
    }
}

internal sealed class ClosureCallNode(ClosureFunction function, Node list, Closure? closure, Node? last) : Node(list, closure?.Body, last)
{
    public override object? Evaluate(Evaluation evaluation)
    {
        evaluation.Budget.Spend(2);
        var items = list.Evaluate(evaluation) as List<object?>
            ?? throw new ExpressionException($"{function.Name} needs an array");
        return Value.From(function.Compute(new ClosureCall(function.Name, items, closure, last, evaluation)));
    }
}
