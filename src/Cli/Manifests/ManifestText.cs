using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;

namespace Argosy.Cli.Manifests;

/// <summary>YAML or JSON as the hub would read it.</summary>
internal static class ManifestText
{
    /// <exception cref="BadManifestException">The text cannot be read; the message says where.</exception>
    public static IReadOnlyList<JsonObject> Read(string text)
    {
        try
        {
            return [.. ManifestReader.Read(text).Select(manifest => manifest.Json)];
        }
        catch (ManifestException exception)
        {
            throw new BadManifestException(exception.Message);
        }
    }
}
