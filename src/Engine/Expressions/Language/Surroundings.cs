namespace Argosy.Engine.Expressions.Language;

/// <summary>Where an expression's variables come from.</summary>
internal abstract class Surroundings
{
    /// <summary>The variable's value; nil where nil is what it is.</summary>
    /// <param name="path">The variable.</param>
    /// <param name="nilIsFine">
    /// The expression says what to do without a value (<c>?? default</c>, <c>== nil</c>), so a variable that is missing among known
    /// siblings is nil rather than an error.
    /// </param>
    /// <exception cref="UnknownVariableException">The variable has no value yet.</exception>
    /// <exception cref="ExpressionException">The path leads through something that has no members.</exception>
    public abstract object? Resolve(VariablePath path, bool nilIsFine);

    /// <summary>Whether <c>$env</c> has a variable of this name.</summary>
    public abstract bool Has(string root);

    /// <summary>The moment the caller says it is, if it says one.</summary>
    public abstract DateTimeOffset? Now { get; }

    /// <summary>What functions of chance draw from, or null where there is none.</summary>
    public virtual Chance? Chance => null;
}

/// <summary>Evaluation met a variable without a value; whoever asked for the evaluation decides whether to wait or to give up.</summary>
internal sealed class UnknownVariableException(string name) : Exception($"variable {name} is not known")
{
    public string Name => name;
}
