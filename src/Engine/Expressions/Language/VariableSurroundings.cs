using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Language;

/// <summary>
/// A template's variables, seen as nested maps. Where a name is a variable and also the beginning of longer ones
/// (<c>item</c> and <c>item.size</c>), the expression sees the map of the longer ones.
/// </summary>
/// <param name="source">The expression, which has chance of its own.</param>
internal sealed class VariableSurroundings(IVariables variables, string source) : Surroundings
{
    /// <summary>Variables that come into being late among siblings known long before; missing, they are pending and never nil.</summary>
    private static readonly HashSet<string> LateVariables = ["workflow.status", "workflow.failures", "workflow.duration"];

    private Chance? chance;

    public override DateTimeOffset? Now => variables.Occasion?.Now ?? Comparison.TimeIn(variables.Find("now"));

    public override Chance? Chance => chance ??= variables.Occasion is { } occasion ? new Chance($"{occasion.Place}\n{source}") : null;

    public override object? Resolve(VariablePath path, bool nilIsFine)
    {
        var value = variables.FindValue(path.Name);
        var map = Nested(path.Name);
        if (map is not null || value is not null)
        {
            return map ?? value;
        }

        var mayBeNil = nilIsFine || (path.Segments.Length > 1 && path.IsOptional(path.Segments.Length - 1));
        return variables.IsAbsent(path.Name) || (mayBeNil && HasKnownSiblings(path))
            ? null
            : throw new UnknownVariableException(path.Name);
    }

    public override bool Has(string root) => variables.Under(root).Any();

    private bool HasKnownSiblings(VariablePath path) =>
        path.Segments.Length > 1
        && !LateVariables.Contains(path.Name)
        && variables.Under(string.Join('.', path.Segments[..^1]!)).Any();

    private ValueMap? Nested(string root)
    {
        ValueMap? map = null;
        foreach (var (name, value) in variables.Under(root))
        {
            if (name.Length > root.Length + 1)
            {
                Insert(map ??= [], name.AsSpan(root.Length + 1), value);
            }
        }

        return map;
    }

    private static void Insert(ValueMap map, ReadOnlySpan<char> name, string value)
    {
        for (var dot = name.IndexOf('.'); dot >= 0; dot = name.IndexOf('.'))
        {
            var segment = name[..dot].ToString();
            if (!map.TryGetValue(segment, out var child) || child is not ValueMap inner)
            {
                map[segment] = inner = [];
            }

            map = inner;
            name = name[(dot + 1)..];
        }

        var last = name.ToString();
        if (!(map.TryGetValue(last, out var existing) && existing is ValueMap))
        {
            map[last] = value;
        }
    }
}
