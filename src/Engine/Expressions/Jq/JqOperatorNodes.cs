using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Jq;

/// <summary>Arithmetic and comparison: every combination of the operands' outputs, the left one varying fastest.</summary>
internal sealed class JqBinaryNode(string @operator, JqNode left, JqNode right) : JqNode
{
    protected override IEnumerable<Located> Outputs(JqEnvironment environment, Located input)
    {
        foreach (var b in right.Values(environment, input))
        {
            foreach (var a in left.Values(environment, input))
            {
                yield return input.Computed(Compute(@operator, a, b, environment.Budget));
            }
        }
    }

    public static object? Compute(string @operator, object? left, object? right, Budget budget) => @operator switch
    {
        "+" => JqValue.Add(left, right, budget),
        "-" => JqValue.Subtract(left, right, budget),
        "*" => JqValue.Multiply(left, right, budget),
        "/" => JqValue.Divide(left, right, budget),
        "%" => JqValue.Remainder(left, right),
        "==" => JqValue.Compare(left, right, budget) == 0,
        "!=" => JqValue.Compare(left, right, budget) != 0,
        "<" => JqValue.Compare(left, right, budget) < 0,
        "<=" => JqValue.Compare(left, right, budget) <= 0,
        ">" => JqValue.Compare(left, right, budget) > 0,
        _ => JqValue.Compare(left, right, budget) >= 0,
    };
}

/// <summary><c>and</c>, <c>or</c>: the right side is asked only as far as the answer needs it.</summary>
internal sealed class JqJunctionNode(bool all, JqNode left, JqNode right) : JqNode
{
    protected override IEnumerable<Located> Outputs(JqEnvironment environment, Located input)
    {
        foreach (var a in left.Values(environment, input))
        {
            if (JqValue.IsTrue(a) != all)
            {
                yield return input.Computed(!all);
                continue;
            }

            foreach (var b in right.Values(environment, input))
            {
                yield return input.Computed(JqValue.IsTrue(b));
            }
        }
    }
}

internal sealed class NegateNode(JqNode operand) : JqNode
{
    protected override IEnumerable<Located> Outputs(JqEnvironment environment, Located input) =>
        operand.Values(environment, input).Select(value => input.Computed(value is long or double
            ? JqValue.Subtract(0L, value, environment.Budget)
            : throw new JqFailure($"cannot negate: {JqValue.Preview(value)}")));
}

/// <summary><c>paths = value</c> and <c>paths op= value</c>: one output per output of the right side, which sees the whole input.</summary>
internal sealed class AssignNode(JqNode paths, string? @operator, JqNode value) : JqNode
{
    protected override IEnumerable<Located> Outputs(JqEnvironment environment, Located input)
    {
        var budget = environment.Budget;
        foreach (var given in value.Values(environment, input))
        {
            var result = input.Value;
            foreach (var path in PathNode.Of(paths, environment, input.Value))
            {
                result = JqAccess.Update(result, path, old => New(old, given, budget), budget);
            }

            yield return input.Computed(result);
        }
    }

    private object? New(object? old, object? given, Budget budget) => @operator switch
    {
        null => given,
        "//" => JqValue.IsTrue(old) ? old : given,
        _ => JqBinaryNode.Compute(@operator, old, given, budget),
    };
}

/// <summary><c>paths |= change</c>: each place gets the first output for what is there; a place for which there is none is deleted.</summary>
internal sealed class UpdateNode(JqNode paths, JqNode change) : JqNode
{
    protected override IEnumerable<Located> Outputs(JqEnvironment environment, Located input)
    {
        var budget = environment.Budget;
        var result = input.Value;
        var gone = new List<object?>();
        foreach (var path in PathNode.Of(paths, environment, input.Value))
        {
            var old = JqAccess.GetPath(result, path, budget);
            using var outputs = change.Values(environment, new Located(old, null)).GetEnumerator();
            if (outputs.MoveNext())
            {
                var changed = outputs.Current;
                result = JqAccess.Update(result, path, _ => changed, budget);
            }
            else
            {
                gone.Add(path);
            }
        }

        yield return input.Computed(gone.Count == 0 ? result : JqAccess.Delete(result, gone, budget));
    }
}

/// <summary><c>path(body)</c>: where the body's outputs lie in the input.</summary>
internal sealed class PathNode(JqNode body) : JqNode
{
    public static IEnumerable<List<object?>> Of(JqNode body, JqEnvironment environment, object? value) =>
        body.Run(environment, new Located(value, JqPath.Root)).Select(output => output.PathKeys());

    protected override IEnumerable<Located> Outputs(JqEnvironment environment, Located input) =>
        Of(body, environment, input.Value).Select(path => input.Computed(path));
}
