namespace Argosy.Engine.Expressions.Jq;

/// <summary>A value and, where a filter is asked for paths, where the value was found.</summary>
/// <param name="Path">Null where nobody asks for paths.</param>
internal readonly record struct Located(object? Value, JqPath? Path)
{
    /// <summary>A new value: it was computed and lies nowhere.</summary>
    public Located Computed(object? value) => new(value, Path is null ? null : JqPath.Nowhere);

    /// <summary>The value at a key of this one.</summary>
    public Located At(object? key, object? value) => Path is null
        ? new(value, null)
        : new(value, Path == JqPath.Nowhere
            ? throw new JqFailure($"invalid path against: {JqValue.Preview(Value)}")
            : new JqPath(Path, key));

    /// <summary>The path as jq shows it.</summary>
    public List<object?> PathKeys() => Path!.Keys(Value);
}

/// <summary>Keys from the outermost value inwards, the last one first.</summary>
internal sealed class JqPath(JqPath? parent, object? key)
{
    public static readonly JqPath Root = new(null, null);

    /// <summary>The path of values that were computed.</summary>
    public static readonly JqPath Nowhere = new(null, null);

    public List<object?> Keys(object? value)
    {
        if (this == Nowhere)
        {
            throw new JqFailure($"invalid path against: {JqValue.Preview(value)}");
        }

        var keys = new List<object?>();
        for (var at = this; at != Root; at = at.Parent!)
        {
            keys.Add(at.Key);
        }

        keys.Reverse();
        return keys;
    }

    private JqPath? Parent => parent;

    private object? Key => key;
}

/// <summary>An error that a filter can catch: its value is what <c>catch</c> gets.</summary>
internal sealed class JqFailure(object? value) : Exception
{
    public object? Value => value;

    public override string Message => value as string ?? $"error: {JqValue.Text(value)}";
}

/// <summary>A <c>break</c> on its way to its label.</summary>
internal sealed class JqBreak(object label) : Exception
{
    public object Label => label;
}
