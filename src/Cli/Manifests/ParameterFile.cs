using Argosy.Cli.Client;

namespace Argosy.Cli.Manifests;

/// <summary>A file of parameters: a YAML or JSON object from names to values.</summary>
internal static class ParameterFile
{
    /// <summary>Each as <c>name=value</c>.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(string path, TextReader standardInput, CancellationToken cancellationToken)
    {
        var text = await ManifestFiles.ReadTextAsync(path, standardInput, cancellationToken);
        return [.. ManifestFiles.Parse(path, text).SelectMany(file => file.Json).Select(pair => $"{pair.Key}={pair.Value}")];
    }
}
