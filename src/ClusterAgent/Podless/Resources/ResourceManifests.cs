using System.Text.Json.Nodes;
using Argosy.Packing;
using Argosy.ClusterAgent.Kubernetes.Connecting;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Podless.Resources;

/// <summary>Reads the manifest of a resource template, from the template or from an input artifact.</summary>
internal sealed class ResourceManifests(IHubLink hub)
{
    /// <summary>More than the Kubernetes API takes in one object, by far.</summary>
    private const int MostBytes = 16 * 1024 * 1024;

    /// <summary>The documents in their order, the items of a <c>List</c> each for itself; a JSON patch is one document, an array.</summary>
    /// <exception cref="ResourceFailureException">There is no such artifact, or it holds no manifest.</exception>
    public async Task<IReadOnlyList<JsonNode>> ReadAsync(ResourceSpec spec, CancellationToken cancellationToken)
    {
        var text = spec.Flags.Patch
            ?? (spec.ManifestFrom is { } artifact ? await FetchAsync(spec.Key, artifact, cancellationToken) : spec.Manifest);
        try
        {
            return [.. YamlJson.ReadManifests(text).SelectMany(Items)];
        }
        catch (FormatException malformed)
        {
            throw new ResourceFailureException($"error: error parsing the resource's manifest: {malformed.Message}");
        }
    }

    private static IEnumerable<JsonNode> Items(JsonNode document) =>
        document is JsonObject { } list && (string?)list["kind"] == "List" && list["items"] is JsonArray items ? items.OfType<JsonNode>() : [document];

    private async Task<string> FetchAsync(AttemptKey key, ArtifactTransfer artifact, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("argosy-manifest-");
        try
        {
            var file = Path.Combine(folder.FullName, "manifest");
            await using (var stored = await hub.OpenArtifactAsync(key, artifact, cancellationToken))
            {
                await ArtifactPacking.UnpackAsync(stored, file, artifact.Archive, MostBytes, cancellationToken);
            }

            return File.Exists(file)
                ? await File.ReadAllTextAsync(file, cancellationToken)
                : throw new ResourceFailureException(
                    $"error: resource.manifestFrom: artifact \"{artifact.Name}\" is a folder; name the file that holds the manifest");
        }
        catch (Exception missing) when (missing is ArtifactMissingException or ArtifactFormatException or ArtifactLocationException)
        {
            throw new ResourceFailureException($"error: resource.manifestFrom: artifact \"{artifact.Name}\": {missing.Message}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
