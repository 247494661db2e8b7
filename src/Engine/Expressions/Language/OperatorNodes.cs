using System.Text.RegularExpressions;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Language;

internal sealed class NotNode(Node operand) : Node(operand)
{
    public override object? Evaluate(Evaluation evaluation) => !Operators.Truth(operand.Evaluate(evaluation), "not");
}

internal sealed class SignNode(bool negative, Node operand) : Node(operand)
{
    public override object? Evaluate(Evaluation evaluation) => negative
        ? Operators.Negate(operand.Evaluate(evaluation))
        : Operators.Identity(operand.Evaluate(evaluation));
}

internal sealed class AndNode(Node left, Node right) : Node(left, right)
{
    public override object? Evaluate(Evaluation evaluation) =>
        Operators.Truth(left.Evaluate(evaluation), "&&") && Operators.Truth(right.Evaluate(evaluation), "&&");
}

internal sealed class OrNode(Node left, Node right) : Node(left, right)
{
    public override object? Evaluate(Evaluation evaluation) =>
        Operators.Truth(left.Evaluate(evaluation), "||") || Operators.Truth(right.Evaluate(evaluation), "||");
}

internal sealed class ConditionalNode(Node condition, Node then, Node otherwise) : Node(condition, then, otherwise)
{
    public override object? Evaluate(Evaluation evaluation) => Operators.Truth(condition.Evaluate(evaluation), "a condition")
        ? then.Evaluate(evaluation)
        : otherwise.Evaluate(evaluation);
}

/// <summary><c>left ?? right</c>: a variable on the left may be missing.</summary>
internal sealed class CoalesceNode(Node left, Node right) : Node(left, right)
{
    public override object? Evaluate(Evaluation evaluation) =>
        (left is VariableNode variable ? variable.EvaluateOrNil(evaluation) : left.Evaluate(evaluation)) ?? right.Evaluate(evaluation);
}

/// <summary><c>==</c> and <c>!=</c>; a variable compared with the literal nil may be missing.</summary>
internal sealed class EqualityNode(bool equal, Node left, Node right) : Node(left, right)
{
    public override object? Evaluate(Evaluation evaluation)
    {
        evaluation.Budget.Spend(1);
        var same = Comparison.Equals(Operand(left, right, evaluation), Operand(right, left, evaluation), evaluation.Budget);
        return same == equal;
    }

    private static object? Operand(Node operand, Node other, Evaluation evaluation) =>
        operand is VariableNode variable && other is LiteralNode { Value: null } ? variable.EvaluateOrNil(evaluation) : operand.Evaluate(evaluation);
}

/// <summary>Every other operator with two operands.</summary>
internal sealed class BinaryNode(string @operator, Node left, Node right) : Node(left, right)
{
    public override object? Evaluate(Evaluation evaluation)
    {
        var budget = evaluation.Budget;
        budget.Spend(1);
        var a = left.Evaluate(evaluation);
        var b = right.Evaluate(evaluation);
        return @operator switch
        {
            "+" => Operators.Add(a, b, budget),
            "-" => Operators.Subtract(a, b),
            "*" => Operators.Multiply(a, b),
            "/" => Operators.Divide(a, b),
            "%" => Operators.Remainder(a, b),
            "**" or "^" => Operators.Power(a, b),
            "<" or "<=" or ">" or ">=" => Operators.Order(@operator, a, b),
            "in" => Operators.In(a, b, budget),
            ".." => Operators.Range(a, b, budget),
            _ => Operators.Contains(@operator, a, b),
        };
    }
}

/// <summary><c>text matches pattern</c>; a literal pattern is compiled once, with the expression.</summary>
internal sealed class MatchesNode(Node text, Node pattern) : Node(text, pattern)
{
    private readonly Regex? compiled = pattern is LiteralNode { Value: string literal } ? GoRegex.Compile(literal) : null;

    public override object? Evaluate(Evaluation evaluation)
    {
        evaluation.Budget.Spend(compiled is null ? 1000 : 10);
        var left = text.Evaluate(evaluation);
        if (left is null)
        {
            return false;
        }

        var right = compiled is null ? pattern.Evaluate(evaluation) : null;
        if (left is not string subject || (compiled is null && right is not string))
        {
            throw new ExpressionException($"invalid operation: matches (mismatched types {Value.TypeName(left)} and {Value.TypeName(right ?? "")})");
        }

        evaluation.Budget.SpendText(subject.Length);
        return GoRegex.IsMatch(compiled ?? GoRegex.Compile((string)right!), subject);
    }
}
