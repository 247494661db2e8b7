namespace Argosy.Contracts.Agents;

/// <summary>An artifact's bytes are not the ones its digest names: they were changed or damaged where they lay, or on their way.</summary>
public sealed class ArtifactDigestException(string expected, string actual, string where)
    : Exception($"{where}: expected sha256 {expected}, but the bytes have sha256 {actual}")
{
    /// <summary>sha256 as lower-case hex.</summary>
    public string Expected { get; } = expected;

    /// <summary>sha256 as lower-case hex.</summary>
    public string Actual { get; } = actual;

    /// <summary>For people: which artifact, and where it is stored.</summary>
    public string Where { get; } = where;
}
