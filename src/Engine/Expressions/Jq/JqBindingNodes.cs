using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Jq;

/// <summary>What a value is taken apart into: a variable, an array of patterns or an object of patterns.</summary>
internal abstract record JqPattern
{
    /// <summary>The environments with the pattern's variables bound: several where a computed key has several outputs.</summary>
    public abstract IEnumerable<JqEnvironment> Bind(JqEnvironment environment, object? value, Located input);
}

internal sealed record VariablePattern(JqVariable Variable) : JqPattern
{
    public override IEnumerable<JqEnvironment> Bind(JqEnvironment environment, object? value, Located input) => [environment.With(Variable, value)];
}

internal sealed record ListPattern(IReadOnlyList<JqPattern> Items) : JqPattern
{
    public override IEnumerable<JqEnvironment> Bind(JqEnvironment environment, object? value, Located input)
    {
        if (value is not (null or List<object?>))
        {
            throw new JqFailure($"expected an array but got: {JqValue.Preview(value)}");
        }

        IEnumerable<JqEnvironment> environments = [environment];
        for (var i = 0; i < Items.Count; i++)
        {
            var (pattern, index) = (Items[i], (long)i);
            environments = environments.SelectMany(bound => pattern.Bind(bound, JqAccess.Get(value, index, bound.Budget), input));
        }

        return environments;
    }
}

/// <param name="Entries">The key's filter, the variable that also gets the value (<c>$name: …</c>), and what the value is taken apart into.</param>
internal sealed record MapPattern(IReadOnlyList<(JqNode Key, JqVariable? Variable, JqPattern? Value)> Entries) : JqPattern
{
    public override IEnumerable<JqEnvironment> Bind(JqEnvironment environment, object? value, Located input)
    {
        if (value is not (null or ValueMap))
        {
            throw new JqFailure($"expected an object but got: {JqValue.Preview(value)}");
        }

        IEnumerable<JqEnvironment> environments = [environment];
        foreach (var entry in Entries)
        {
            environments = environments.SelectMany(bound => Bind(entry, bound, value, input));
        }

        return environments;
    }

    private static IEnumerable<JqEnvironment> Bind(
        (JqNode Key, JqVariable? Variable, JqPattern? Value) entry, JqEnvironment environment, object? value, Located input)
    {
        foreach (var key in entry.Key.Values(environment, input))
        {
            if (key is not string)
            {
                throw new JqFailure($"expected a string for object key but got: {JqValue.Preview(key)}");
            }

            var inner = JqAccess.Get(value, key, environment.Budget);
            var bound = entry.Variable is { } variable ? environment.With(variable, inner) : environment;
            foreach (var result in entry.Value?.Bind(bound, inner, input) ?? [bound])
            {
                yield return result;
            }
        }
    }
}

/// <summary>
/// <c>source as pattern | body</c>. Of several patterns (<c>?//</c>) the next is tried when one, or the body after it, fails; the variables
/// of the others are null then.
/// </summary>
internal sealed class JqBindNode(JqNode source, IReadOnlyList<JqPattern> patterns, IReadOnlyList<JqVariable> variables, JqNode body) : JqNode
{
    protected override IEnumerable<Located> Outputs(JqEnvironment environment, Located input) =>
        source.Values(environment, input).SelectMany(value => patterns.Count == 1
            ? patterns[0].Bind(environment, value, input).SelectMany(bound => body.Run(bound, input))
            : Try(environment, value, input, 0));

    private IEnumerable<Located> Try(JqEnvironment environment, object? value, Located input, int from)
    {
        var empty = variables.Aggregate(environment, (bound, variable) => bound.With(variable, null));
        var attempt = new StepNode(() => patterns[from].Bind(empty, value, input).SelectMany(bound => body.Run(bound, input)));
        var otherwise = from == patterns.Count - 1 ? null : new StepNode(() => Try(environment, value, input, from + 1));
        return otherwise is null ? attempt.Run(environment, input) : new TryNode(attempt, otherwise).Run(environment, input);
    }

    private sealed class StepNode(Func<IEnumerable<Located>> outputs) : JqNode
    {
        protected override IEnumerable<Located> Outputs(JqEnvironment environment, Located input) => outputs();
    }
}

/// <summary><c>reduce source as pattern (start; update)</c>: the update's last output is the next state.</summary>
internal sealed class ReduceNode(JqNode source, JqPattern pattern, JqNode start, JqNode update) : JqNode
{
    protected override IEnumerable<Located> Outputs(JqEnvironment environment, Located input)
    {
        foreach (var first in start.Run(environment, input))
        {
            var state = first;
            foreach (var value in source.Values(environment, input))
            {
                foreach (var bound in pattern.Bind(environment, value, input))
                {
                    environment.Budget.Spend(1);
                    var last = state.Computed(null);
                    foreach (var output in update.Run(bound, state))
                    {
                        last = output;
                    }

                    state = last;
                }
            }

            yield return state;
        }
    }
}

/// <summary><c>foreach source as pattern (start; update; extract)</c>: every state on the way.</summary>
internal sealed class ForeachNode(JqNode source, JqPattern pattern, JqNode start, JqNode update, JqNode? extract) : JqNode
{
    protected override IEnumerable<Located> Outputs(JqEnvironment environment, Located input)
    {
        foreach (var first in start.Run(environment, input))
        {
            var state = first;
            foreach (var value in source.Values(environment, input))
            {
                foreach (var bound in pattern.Bind(environment, value, input))
                {
                    foreach (var output in update.Run(bound, state))
                    {
                        state = output;
                        foreach (var extracted in extract?.Run(bound, output) ?? [output])
                        {
                            environment.Budget.Spend(1);
                            yield return extracted;
                        }
                    }
                }
            }
        }
    }
}
