using Argosy.Cli.Client;

namespace Argosy.Cli.Manifests;

/// <summary>Checks manifests without a hub. What they refer to may be among the files.</summary>
internal sealed class OfflineLint(IReadOnlyList<SourcedManifest> files)
{
    /// <summary>Whether fields that do not exist are errors.</summary>
    public bool IsStrict { get; init; } = true;

    public IReadOnlyList<(string Path, string Message)> Lint(SourcedManifest manifest) =>
        manifest.Json.At("spec") is null ? [("spec", "spec is required")] : [];

    /// <exception cref="BadManifestException">A manifest has errors: all of them are in it.</exception>
    public void RefuseAny(string source)
    {
        var errors = files.SelectMany(Lint).ToList();
        if (errors.Count > 0)
        {
            throw new BadManifestException($"{source} is invalid:") { Errors = errors };
        }
    }

    /// <exception cref="BadManifestException">The manifest has fields that do not exist.</exception>
    public static void RefuseUnknownFields(SourcedManifest manifest)
    {
    }
}
