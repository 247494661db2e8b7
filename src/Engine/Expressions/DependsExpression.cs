using Argosy.Engine.Expressions.Conditions;

namespace Argosy.Engine.Expressions;

/// <summary>When a task of a DAG may start: an expression over the results of other tasks. The grammar is at <see cref="DependsParser"/>.</summary>
public sealed class DependsExpression
{
    private readonly DependsNode root;

    private DependsExpression(DependsNode root)
    {
        this.root = root;
        Terms = [.. root.Terms.Distinct()];
    }

    /// <summary>The tasks asked about and the result asked for; null asks for an end that lets dependents run.</summary>
    public IReadOnlyList<(string Task, string? Result)> Terms { get; }

    /// <exception cref="ExpressionException">The source is no such expression.</exception>
    public static DependsExpression Parse(string source) => new(DependsParser.Parse(source));

    /// <param name="term">Answers for one task and result (null for a bare task); asked only as far as the answer matters.</param>
    public bool Evaluate(Func<string, string?, bool> term) => root.Evaluate(term);
}
