using System.Runtime.CompilerServices;

namespace Argosy.Engine.Expressions.Jq;

/// <summary>
/// A part of a filter: from one input to any number of outputs, made one by one as they are asked for. Where the input has a path, the
/// outputs have theirs.
/// </summary>
internal abstract class JqNode
{
    public IEnumerable<Located> Run(JqEnvironment environment, Located input)
    {
        environment.Budget.Spend(1);
        try
        {
            // The depth limits of parser and calls keep the stack small; this is the last line for hosts with a smaller one.
            RuntimeHelpers.EnsureSufficientExecutionStack();
        }
        catch (InsufficientExecutionStackException)
        {
            throw new ExpressionException("a jq filter is nested too deeply");
        }

        return Outputs(environment, input);
    }

    /// <summary>The outputs' values, where paths do not matter.</summary>
    public IEnumerable<object?> Values(JqEnvironment environment, Located input) =>
        Run(environment, new Located(input.Value, null)).Select(output => output.Value);

    protected abstract IEnumerable<Located> Outputs(JqEnvironment environment, Located input);
}

internal sealed class IdentityNode : JqNode
{
    protected override IEnumerable<Located> Outputs(JqEnvironment environment, Located input) => [input];
}

internal sealed class JqLiteralNode(object? value) : JqNode
{
    public object? Value => value;

    protected override IEnumerable<Located> Outputs(JqEnvironment environment, Located input) => [input.Computed(value)];
}

internal sealed class JqVariableNode(JqVariable variable) : JqNode
{
    protected override IEnumerable<Located> Outputs(JqEnvironment environment, Located input) => [input.Computed(environment.Value(variable))];
}

internal sealed class PipeNode(JqNode first, JqNode second) : JqNode
{
    protected override IEnumerable<Located> Outputs(JqEnvironment environment, Located input) =>
        first.Run(environment, input).SelectMany(output => second.Run(environment, output));
}

internal sealed class CommaNode(JqNode first, JqNode second) : JqNode
{
    protected override IEnumerable<Located> Outputs(JqEnvironment environment, Located input)
    {
        foreach (var output in first.Run(environment, input))
        {
            yield return output;
        }

        foreach (var output in second.Run(environment, input))
        {
            yield return output;
        }
    }
}

/// <summary><c>if … then … else … end</c>.</summary>
internal sealed class BranchNode(JqNode condition, JqNode then, JqNode otherwise) : JqNode
{
    protected override IEnumerable<Located> Outputs(JqEnvironment environment, Located input) =>
        condition.Values(environment, input).SelectMany(value => (JqValue.IsTrue(value) ? then : otherwise).Run(environment, input));
}

/// <summary><c>a // b</c>: what of a is neither null nor false, whatever fails left out; b when that is nothing.</summary>
internal sealed class AlternativeNode(JqNode first, JqNode second) : JqNode
{
    protected override IEnumerable<Located> Outputs(JqEnvironment environment, Located input)
    {
        var any = false;
        foreach (var output in new TryNode(first, null).Run(environment, input))
        {
            if (JqValue.IsTrue(output.Value))
            {
                any = true;
                yield return output;
            }
        }

        if (!any)
        {
            foreach (var output in second.Run(environment, input))
            {
                yield return output;
            }
        }
    }
}

/// <summary><c>try a catch b</c>, and <c>a?</c> without b: outputs until the first error; b gets the error's value.</summary>
internal sealed class TryNode(JqNode body, JqNode? handler) : JqNode
{
    /// <summary>Errors are slow things: a filter may not make many.</summary>
    private const int ErrorCost = 200;

    protected override IEnumerable<Located> Outputs(JqEnvironment environment, Located input)
    {
        using var outputs = new CaughtOutputs<JqFailure>(() => body.Run(environment, input), _ => true);
        while (outputs.MoveNext())
        {
            yield return outputs.Current;
        }

        if (outputs.Caught is not { } failure)
        {
            yield break;
        }

        environment.Budget.Spend(ErrorCost);
        foreach (var output in handler?.Run(environment, input.Computed(failure.Value)) ?? [])
        {
            yield return output;
        }
    }
}

/// <summary><c>label $name | body</c>: outputs until a <c>break $name</c>.</summary>
internal sealed class LabelNode(JqVariable label, JqNode body) : JqNode
{
    private const int BreakCost = 200;

    protected override IEnumerable<Located> Outputs(JqEnvironment environment, Located input)
    {
        // Each run of the label is one of its own: an inner run of the same text must not end the outer one.
        var self = new object();
        using var outputs = new CaughtOutputs<JqBreak>(() => body.Run(environment.With(label, self), input), caught => caught.Label == self);
        while (outputs.MoveNext())
        {
            yield return outputs.Current;
        }

        environment.Budget.Spend(outputs.Caught is null ? 0 : BreakCost);
    }
}

/// <summary>Outputs up to the first exception of a kind. Some nodes throw when they are run, others when they are asked: both are caught.</summary>
internal sealed class CaughtOutputs<TException>(Func<IEnumerable<Located>> run, Predicate<TException> concerns) : IDisposable
    where TException : Exception
{
    private IEnumerator<Located>? outputs;

    public TException? Caught { get; private set; }

    public Located Current => outputs!.Current;

    public bool MoveNext()
    {
        try
        {
            outputs ??= run().GetEnumerator();
            return outputs.MoveNext();
        }
        catch (TException caught) when (concerns(caught))
        {
            Caught = caught;
            return false;
        }
    }

    public void Dispose() => outputs?.Dispose();
}

internal sealed class BreakNode(JqVariable label) : JqNode
{
    protected override IEnumerable<Located> Outputs(JqEnvironment environment, Located input) => throw new JqBreak(environment.Value(label)!);
}

/// <summary><c>def name(parameters): body; rest</c>.</summary>
internal sealed class DefinitionNode(JqFunction function, JqNode rest) : JqNode
{
    protected override IEnumerable<Located> Outputs(JqEnvironment environment, Located input) =>
        rest.Run(environment.WithClosure(function, new JqClosure(function.Body!, environment)), input);
}

/// <summary>A function as it was declared; the body is there once it is read.</summary>
internal sealed record JqFunction(string Name, IReadOnlyList<JqParameter> Parameters)
{
    public JqNode? Body { get; set; }

    /// <summary>Whether it is one of the built-in functions, whose bodies see nothing but each other.</summary>
    public bool IsBuiltIn { get; init; }

    public bool Equals(JqFunction? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);
}

/// <summary>A parameter is a filter; one written with a dollar sign is a variable as well.</summary>
internal sealed record JqParameter(string Name, JqVariable? Variable);

/// <summary>A call of a parameter: the caller's filter, run among the caller's names.</summary>
internal sealed class ParameterCallNode(JqParameter parameter) : JqNode
{
    protected override IEnumerable<Located> Outputs(JqEnvironment environment, Located input)
    {
        var closure = environment.Closure(parameter);
        return closure.Body.Run(closure.Environment.CalledFrom(environment), input);
    }
}

internal sealed class JqCallNode(JqFunction function, IReadOnlyList<JqNode> arguments) : JqNode
{
    protected override IEnumerable<Located> Outputs(JqEnvironment environment, Located input)
    {
        var home = function.IsBuiltIn ? JqEnvironment.Start(environment.Budget) : environment.Closure(function).Environment;
        var inside = home.CalledFrom(environment);
        inside = function.IsBuiltIn ? inside : inside.WithClosure(function, new JqClosure(function.Body!, home));
        return Bind(environment, inside, input, 0);
    }

    private IEnumerable<Located> Bind(JqEnvironment caller, JqEnvironment inside, Located input, int from)
    {
        if (from == arguments.Count)
        {
            return function.Body!.Run(inside, input);
        }

        var parameter = function.Parameters[from];
        return parameter.Variable is { } variable
            ? arguments[from].Values(caller, input).SelectMany(value => Bind(
                caller,
                inside.With(variable, value).WithClosure(parameter, new JqClosure(new JqLiteralNode(value), inside)),
                input,
                from + 1))
            : Bind(caller, inside.WithClosure(parameter, new JqClosure(arguments[from], caller)), input, from + 1);
    }
}
