namespace Argosy.Engine.Expressions;

/// <summary>
/// The variables a template sees, by their dotted names (<c>workflow.name</c>, <c>steps.a.outputs.result</c>). Values are strings, as in
/// Argo; an expression sees them as nested maps.
/// </summary>
public interface IVariables
{
    /// <summary>The variable's value, or null when it is not known (yet) or absent.</summary>
    string? Find(string name);

    /// <summary>The variable as an expression sees it, where it is more than text.</summary>
    object? FindValue(string name) => Find(name);

    /// <summary>Every known variable whose name is <paramref name="root"/> or begins with it and a dot.</summary>
    IEnumerable<KeyValuePair<string, string>> Under(string root);

    /// <summary>
    /// Whether the variable will never have a value because its producer was skipped or omitted: nil in an expression.
    /// </summary>
    bool IsAbsent(string name) => false;

    /// <summary>When and where an expression is evaluated; null where its result must depend on neither.</summary>
    Occasion? Occasion => null;
}

/// <summary>
/// When and where an expression is evaluated. <c>now()</c> is the moment; functions of chance draw from the place, so that a replay draws the
/// same.
/// </summary>
/// <param name="Now">The moment.</param>
/// <param name="Place">What tells this evaluation from others: the workflow's uid, the node's name.</param>
public sealed record Occasion(DateTimeOffset Now, string Place);
