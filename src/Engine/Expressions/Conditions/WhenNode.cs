using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Conditions;

internal abstract record WhenNode
{
    public abstract object? Evaluate();
}

internal sealed record WhenLiteral(object? Value) : WhenNode
{
    public override object? Evaluate() => Value;
}

internal sealed record WhenList(List<WhenNode> Items) : WhenNode
{
    public override object? Evaluate() => Items.ConvertAll(item => item.Evaluate());
}

internal sealed record WhenPrefix(string Operator, WhenNode Operand) : WhenNode
{
    public override object? Evaluate() => (Operator, Operand.Evaluate()) switch
    {
        ("!", bool flag) => !flag,
        ("-", double number) => -number,
        ("~", double number) => (double)~(long)number,
        (_, var value) => throw new ExpressionException($"value '{WhenValue.Text(value)}' cannot be used with the prefix '{Operator}'"),
    };
}

/// <summary>A whole run of && or ||, so that a long one needs no deep tree.</summary>
internal sealed record WhenJunction(bool All, List<WhenNode> Operands) : WhenNode
{
    public override object? Evaluate()
    {
        foreach (var operand in Operands)
        {
            var value = operand.Evaluate();
            if (value is not bool flag)
            {
                throw new ExpressionException($"value '{WhenValue.Text(value)}' cannot be used with the logical operator '{(All ? "&&" : "||")}', it is not a bool");
            }

            if (flag != All)
            {
                return flag;
            }
        }

        return All;
    }
}

internal sealed record WhenConditional(WhenNode Condition, WhenNode Then, WhenNode Otherwise) : WhenNode
{
    public override object? Evaluate() => Condition.Evaluate() switch
    {
        true => Then.Evaluate(),
        false => Otherwise.Evaluate(),
        var value => throw new ExpressionException($"value '{WhenValue.Text(value)}' cannot be used with the ternary operator '?', it is not a bool"),
    };
}

internal sealed record WhenBinary(string Operator, WhenNode Left, WhenNode Right) : WhenNode
{
    public override object? Evaluate()
    {
        var left = Left.Evaluate();
        var right = Right.Evaluate();
        return (Operator, left, right) switch
        {
            ("==", _, _) => WhenValue.AreEqual(left, right),
            ("!=", _, _) => !WhenValue.AreEqual(left, right),
            ("in", _, List<object?> list) => list.Exists(item => WhenValue.AreEqual(left, item)),
            ("in", _, _) => WhenValue.AreEqual(left, right),
            ("=~", string text, string pattern) => GoRegex.IsMatch(text, pattern),
            ("!~", string text, string pattern) => !GoRegex.IsMatch(text, pattern),
            ("<" or "<=" or ">" or ">=", string a, string b) => Holds(string.CompareOrdinal(a, b)),
            ("<" or "<=" or ">" or ">=", double a, double b) => Holds(a.CompareTo(b)),
            ("+", string or double or bool, string) or ("+", string, double or bool) => WhenValue.Text(left) + WhenValue.Text(right),
            (_, double a, double b) => Compute(a, b),
            _ => throw new ExpressionException($"values '{WhenValue.Text(left)}' and '{WhenValue.Text(right)}' cannot be used with '{Operator}'"),
        };
    }

    private bool Holds(int order) => Operator switch
    {
        "<" => order < 0,
        "<=" => order <= 0,
        ">" => order > 0,
        _ => order >= 0,
    };

    private double Compute(double left, double right) => Operator switch
    {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" => left / right,
        "%" => left % right,
        "**" => Math.Pow(left, right),
        "&" => (long)left & (long)right,
        "|" => (long)left | (long)right,
        "^" => (long)left ^ (long)right,
        "<<" => (long)((ulong)left << (int)Math.Clamp(right, 0, 63)),
        ">>" => (long)((ulong)left >> (int)Math.Clamp(right, 0, 63)),
        _ => throw new ExpressionException($"'{Operator}' needs texts, not numbers"),
    };
}
