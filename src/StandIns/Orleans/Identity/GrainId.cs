using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>Identifies a grain: its type and its key. The text form is <c>type/key</c>.</summary>
public readonly record struct GrainId(GrainType Type, IdSpan Key) : IComparable<GrainId>
{
    private const uint HashSeed = 2166136261;
    private const uint HashFactor = 16777619;

    /// <summary>Whether this is the empty id.</summary>
    public bool IsDefault => Type.IsDefault && Key.IsDefault;

    /// <summary>The id of the grain of <paramref name="type"/> with <paramref name="key"/>.</summary>
    public static GrainId Create(string type, string key) => new(GrainType.Create(type), IdSpan.Create(key));

    /// <inheritdoc cref="Create(string, string)"/>
    public static GrainId Create(GrainType type, string key) => new(type, IdSpan.Create(key));

    /// <inheritdoc cref="Create(string, string)"/>
    public static GrainId Create(GrainType type, IdSpan key) => new(type, key);

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="FormatException">There is no <c>/</c> between a type and a key.</exception>
    public static GrainId Parse([StringSyntax("GrainId")] string value) =>
        TryParse(value, out var id) ? id : throw new FormatException($"'{value}' is no grain id: expected TYPE/KEY");

    /// <inheritdoc cref="Parse"/>
    public static bool TryParse(string? value, out GrainId grainId)
    {
        var slash = value?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        grainId = slash <= 0 ? default : Create(value![..slash], value[(slash + 1)..]);
        return slash > 0;
    }

    /// <summary>
    /// A hash that is the same in every process, so that a reminder table may store and range over it. (FNV-1a over the text form's UTF-16
    /// units: Orleans' own value differs, so a table is not shared with a silo of the packages.)
    /// </summary>
    public uint GetUniformHashCode()
    {
        var hash = HashSeed;
        foreach (var unit in ToString())
        {
            hash = unchecked((hash ^ unit) * HashFactor);
        }

        return hash;
    }

    /// <inheritdoc/>
    public int CompareTo(GrainId other)
    {
        var byType = Type.CompareTo(other.Type);
        return byType != 0 ? byType : Key.CompareTo(other.Key);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Type}/{Key}";

    /// <summary>Order by type, then key.</summary>
    public static bool operator <(GrainId left, GrainId right) => left.CompareTo(right) < 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >(GrainId left, GrainId right) => left.CompareTo(right) > 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator <=(GrainId left, GrainId right) => left.CompareTo(right) <= 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >=(GrainId left, GrainId right) => left.CompareTo(right) >= 0;
}
