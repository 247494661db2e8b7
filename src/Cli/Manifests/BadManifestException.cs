namespace Argosy.Cli.Manifests;

/// <summary>A manifest that nobody could run, with everything that is wrong with it.</summary>
internal sealed class BadManifestException(string message) : Exception(message)
{
    public IReadOnlyList<(string Path, string Message)> Errors { get; init; } = [];
}
