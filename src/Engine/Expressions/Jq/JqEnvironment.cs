using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Jq;

/// <summary>
/// What names mean at one place of a running filter: a chain of bindings, the innermost first. A binding's key is the declaration that the
/// parser found for the name, so no name is compared while the filter runs.
/// </summary>
internal sealed class JqEnvironment
{
    /// <summary>Calls within calls. The built-in loops do not count: only a filter's own recursion does.</summary>
    private const int MaxDepth = 1000;

    private readonly JqEnvironment? outer;
    private readonly object? key;
    private readonly object? value;
    private readonly JqClosure? closure;
    private readonly int depth;

    private JqEnvironment(JqEnvironment? outer, object? key, object? value, JqClosure? closure, int depth, Budget budget)
    {
        this.outer = outer;
        this.key = key;
        this.value = value;
        this.closure = closure;
        this.depth = depth;
        Budget = budget;
    }

    public Budget Budget { get; }

    public static JqEnvironment Start(Budget budget) => new(null, null, null, null, 0, budget);

    public JqEnvironment With(JqVariable variable, object? bound) => new(this, variable, bound, null, depth, Budget);

    public JqEnvironment WithClosure(object declaration, JqClosure bound) => new(this, declaration, null, bound, depth, Budget);

    /// <summary>The same names, one call deeper than the caller.</summary>
    public JqEnvironment CalledFrom(JqEnvironment caller) => caller.depth < MaxDepth
        ? new(this, null, null, null, caller.depth + 1, Budget)
        : throw new ExpressionException($"a jq filter calls itself more than {MaxDepth} times");

    public object? Value(JqVariable variable) => Find(variable).value;

    public JqClosure Closure(object declaration) => Find(declaration).closure!;

    private JqEnvironment Find(object declaration)
    {
        var at = this;
        while (!ReferenceEquals(at.key, declaration))
        {
            at = at.outer ?? throw new ExpressionException("a jq filter uses a name that is not bound");
        }

        return at;
    }
}

/// <summary>A variable as it was declared.</summary>
internal sealed record JqVariable(string Name);

/// <summary>A filter and the names it was written among.</summary>
internal sealed record JqClosure(JqNode Body, JqEnvironment Environment);
