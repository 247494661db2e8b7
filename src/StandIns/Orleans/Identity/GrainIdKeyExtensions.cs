using System.Globalization;

namespace Orleans.Runtime;

/// <summary>Integer and GUID keys are written into the id's textual key: hexadecimal without sign, and 32 hexadecimal digits.</summary>
public static class GrainIdKeyExtensions
{
    /// <summary>The key that stands for <paramref name="key"/>.</summary>
    public static IdSpan CreateIntegerKey(long key) => IdSpan.Create(key.ToString("X", CultureInfo.InvariantCulture));

    /// <summary>The key that stands for <paramref name="key"/>.</summary>
    public static IdSpan CreateGuidKey(Guid key) => IdSpan.Create(key.ToString("N"));

    /// <summary>The number that <see cref="CreateIntegerKey"/> wrote.</summary>
    /// <exception cref="ArgumentException">The key is no such number.</exception>
    public static long GetIntegerKey(this GrainId grainId) =>
        long.TryParse(grainId.Key.ToString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var key)
            ? key
            : throw new ArgumentException($"the key of grain {grainId} is not an integer", nameof(grainId));

    /// <summary>The GUID that <see cref="CreateGuidKey"/> wrote.</summary>
    /// <exception cref="ArgumentException">The key is no GUID.</exception>
    public static Guid GetGuidKey(this GrainId grainId) =>
        Guid.TryParseExact(grainId.Key.ToString(), "N", out var key)
            ? key
            : throw new ArgumentException($"the key of grain {grainId} is not a GUID", nameof(grainId));
}
