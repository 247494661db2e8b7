namespace Orleans.Runtime;

/// <summary>
/// Which class of grain an id belongs to, by its stable name: it is stored with reminders and must outlive renames of the class.
/// </summary>
public readonly record struct GrainType : IComparable<GrainType>
{
    private readonly string? value;

    private GrainType(string value) => this.value = value;

    /// <summary>Whether this is the empty type, which names no class.</summary>
    public bool IsDefault => value is null;

    /// <summary>The type named <paramref name="value"/>; the name may not hold a <c>/</c>, which separates type and key of an id.</summary>
    public static GrainType Create(string value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(value);
        return value.Contains('/', StringComparison.Ordinal)
            ? throw new ArgumentException($"grain type '{value}' holds a '/', which separates type and key of a grain id", nameof(value))
            : new GrainType(value);
    }

    /// <inheritdoc/>
    public int CompareTo(GrainType other) => string.CompareOrdinal(value, other.value);

    /// <inheritdoc/>
    public override string ToString() => value ?? "";

    /// <summary>Ordinal order of the names.</summary>
    public static bool operator <(GrainType left, GrainType right) => left.CompareTo(right) < 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >(GrainType left, GrainType right) => left.CompareTo(right) > 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator <=(GrainType left, GrainType right) => left.CompareTo(right) <= 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >=(GrainType left, GrainType right) => left.CompareTo(right) >= 0;
}
