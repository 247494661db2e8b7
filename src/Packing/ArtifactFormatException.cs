namespace Argosy.Packing;

/// <summary>
/// An archive that cannot be packed or unpacked as asked: damaged, hostile, too large, or holding what no artifact may hold.
/// The same bytes fail again, so a retry does not help.
/// </summary>
public sealed class ArtifactFormatException : Exception
{
    public ArtifactFormatException(string message)
        : base(message)
    {
    }

    public ArtifactFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal static ArtifactFormatException ForEntry(string entry, string reason) =>
        new($"artifact entry '{entry}' {reason}") { Entry = entry };

    /// <summary>The archive's entry at fault, as the archive spells it; null when the archive as a whole is.</summary>
    public string? Entry { get; private init; }
}
