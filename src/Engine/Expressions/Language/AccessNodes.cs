using Argosy.Engine.Expressions.Functions;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Language;

/// <summary>Something taken out of a value. After a <c>?.</c> the rest of the chain is nil when the value before it is.</summary>
internal abstract class AccessNode(Node target, bool isOptional, params ReadOnlySpan<Node?> others) : Node([target, .. others])
{
    private readonly bool nilSpreads = isOptional || target is AccessNode { nilSpreads: true };

    public sealed override object? Evaluate(Evaluation evaluation)
    {
        evaluation.Budget.Spend(1);
        var value = isOptional && target is VariableNode variable ? variable.EvaluateOrNil(evaluation) : target.Evaluate(evaluation);
        return value is null && nilSpreads ? null : Take(value, evaluation);
    }

    protected abstract object? Take(object? value, Evaluation evaluation);
}

internal sealed class MemberNode(Node target, string name, bool isOptional) : AccessNode(target, isOptional)
{
    protected override object? Take(object? value, Evaluation evaluation) => Access.Member(value, name);
}

internal sealed class ElementNode(Node target, Node index, bool isOptional) : AccessNode(target, isOptional, index)
{
    protected override object? Take(object? value, Evaluation evaluation) => Access.Element(value, index.Evaluate(evaluation));
}

internal sealed class SliceNode(Node target, Node? from, Node? to) : AccessNode(target, false, from, to)
{
    protected override object? Take(object? value, Evaluation evaluation) =>
        Access.Slice(value, from?.Evaluate(evaluation), to?.Evaluate(evaluation), evaluation.Budget);
}

/// <summary>A method of a time or a duration: <c>duration("90m").Hours()</c>.</summary>
internal sealed class MethodNode(Node target, string name, Node[] arguments, bool isOptional) : AccessNode(target, isOptional, arguments)
{
    protected override object? Take(object? value, Evaluation evaluation)
    {
        var values = new List<object?> { value };
        foreach (var argument in arguments)
        {
            values.Add(argument.Evaluate(evaluation));
        }

        return TimeMethods.Call(new Arguments(name, values, evaluation));
    }
}
