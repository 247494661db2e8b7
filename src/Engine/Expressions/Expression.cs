using Argosy.Engine.Expressions.Language;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions;

/// <summary>
/// An expression of the expr language with the functions Argo adds, parsed once and evaluated often, from any thread. It cannot see a clock
/// or chance, and an evaluation that needs unreasonable work is refused. The grammar is at <see cref="Parser"/>.
/// </summary>
public sealed class Expression
{
    private readonly ParsedExpression parsed;

    private Expression(string source, ParsedExpression parsed) => (Source, this.parsed) = (source, parsed);

    public string Source { get; }

    /// <summary>
    /// The variables the expression mentions, as dotted names: <c>steps['a-b'].x</c> is <c>steps.a-b.x</c>, and what follows a computed
    /// index is left out.
    /// </summary>
    public IReadOnlyList<string> VariablePaths => parsed.Paths;

    /// <exception cref="ExpressionException">The source is not an expression.</exception>
    public static Expression Parse(string source) => new(source, Parser.Parse(source));

    /// <summary>
    /// Evaluates with values at hand; nested maps and lists of CLR or JSON values are understood. A time under the name <c>now</c> is what
    /// <c>now()</c> returns. The result is null, bool, long, double, string, DateTimeOffset, TimeSpan, a List of such or an
    /// <see cref="IReadOnlyDictionary{TKey,TValue}"/> from string to such.
    /// </summary>
    /// <exception cref="ExpressionException">The expression has no value with this environment.</exception>
    public object? Evaluate(IReadOnlyDictionary<string, object?> environment) => Evaluate(new DictionarySurroundings(environment));

    /// <summary>Evaluates where only true or false make sense: conditions of retries and hooks.</summary>
    /// <exception cref="ExpressionException">There is no value, or it is neither true nor false.</exception>
    public bool EvaluateBoolean(IReadOnlyDictionary<string, object?> environment) =>
        Evaluate(environment) is bool answer ? answer : throw new ExpressionException($"expression \"{Source}\" is neither true nor false");

    /// <summary>
    /// Evaluates with a template's variables, seen as nested maps. A variable that is missing is an error, unless the expression says what
    /// then (<c>?? default</c>, <c>== nil</c>, <c>?.</c>) and its siblings are known. A variable <c>now</c> in RFC 3339 is what
    /// <c>now()</c> returns.
    /// </summary>
    /// <exception cref="ExpressionException">There is no value, for example because a variable is not known yet.</exception>
    public object? Evaluate(IVariables variables)
    {
        try
        {
            return EvaluateKnown(variables);
        }
        catch (UnknownVariableException e)
        {
            throw new ExpressionException(e.Message);
        }
    }

    /// <exception cref="UnknownVariableException">The evaluation needs a variable that has no value yet.</exception>
    internal object? EvaluateKnown(IVariables variables) => Evaluate(new VariableSurroundings(variables, Source));

    private object? Evaluate(Surroundings surroundings) => Value.From(parsed.Root.Evaluate(new Evaluation(surroundings, parsed.Slots)));
}
