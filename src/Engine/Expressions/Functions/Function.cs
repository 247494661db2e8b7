namespace Argosy.Engine.Expressions.Functions;

/// <summary>A function an expression may call by name.</summary>
/// <param name="Fewest">The fewest arguments it takes.</param>
/// <param name="Most">The most arguments it takes.</param>
internal sealed record Function(string Name, int Fewest, int Most, Func<Arguments, object?> Compute);

/// <summary>Functions by name; the rooms of functions fill it once.</summary>
internal sealed class FunctionTable
{
    private readonly Dictionary<string, Function> functions = new(StringComparer.Ordinal);

    public Function? Find(string name) => functions.GetValueOrDefault(name);

    public void Add(string name, int arguments, Func<Arguments, object?> compute) => Add(name, arguments, arguments, compute);

    public void Add(string name, int fewest, int most, Func<Arguments, object?> compute) =>
        functions.Add(name, new Function(name, fewest, most, compute));

    /// <summary>Adds functions that a workflow cannot have; calling one says so.</summary>
    public void AddUnavailable(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            Add(name, 0, int.MaxValue, arguments => throw new ExpressionException($"{arguments.Function} is not available in a workflow"));
        }
    }
}
