using System.Text.Json;
using System.Text.Json.Nodes;
using Argosy.Contracts.Agents;

namespace Argosy.ControlPlane.Artifacts;

/// <summary>Finds the driver that a location names and measures what passes through it.</summary>
internal sealed class ArtifactStore(IEnumerable<IArtifactDriver> drivers) : IArtifacts
{
    // What may stand beside the driver's field in an artifact or artifact location.
    private static readonly HashSet<string> NoDrivers =
    [
        "name", "path", "mode", "from", "fromExpression", "globalName", "archive", "archiveLogs", "artifactGC", "optional", "subPath",
        "recurseMode", "deleted",
    ];

    private readonly SortedDictionary<string, IArtifactDriver> drivers =
        new(drivers.ToDictionary(driver => driver.Field), StringComparer.Ordinal);

    public async Task<Stream> OpenAsync(string @namespace, ArtifactTransfer artifact, CancellationToken cancellationToken)
    {
        var (driver, location) = Locate(@namespace, artifact);
        var content = await driver.OpenAsync(location, cancellationToken);
        return new MeasuredStream(content, artifact.Digest, Describe(artifact));
    }

    public async Task<StoredArtifact> StoreAsync(
        string @namespace, ArtifactTransfer artifact, Stream content, CancellationToken cancellationToken)
    {
        var (driver, location) = Locate(@namespace, artifact);
        var measured = new MeasuredStream(content, artifact.Digest, Describe(artifact)); // content stays its owner's to dispose
        await driver.StoreAsync(location, measured, cancellationToken);
        return new StoredArtifact
        {
            Name = artifact.Name,
            LocationJson = artifact.LocationJson,
            Digest = measured.Digest,
            Size = measured.Size,
        };
    }

    public Task<IReadOnlyList<string>?> ListAsync(string @namespace, ArtifactTransfer artifact, CancellationToken cancellationToken)
    {
        var (driver, location) = Locate(@namespace, artifact);
        return driver.ListAsync(location, cancellationToken);
    }

    public Task DeleteAsync(string @namespace, ArtifactTransfer artifact, CancellationToken cancellationToken)
    {
        var (driver, location) = Locate(@namespace, artifact);
        return driver.DeleteAsync(location, cancellationToken);
    }

    private (IArtifactDriver Driver, ArtifactLocation Location) Locate(string @namespace, ArtifactTransfer artifact)
    {
        var json = Parse(artifact);
        foreach (var (field, driver) in drivers)
        {
            if (json[field] is not null)
            {
                if (artifact.File.Length > 0)
                {
                    PointTo(artifact, driver, json);
                }

                return (driver, new ArtifactLocation(@namespace, json));
            }
        }

        var named = json.Select(field => field.Key).Where(field => !NoDrivers.Contains(field)).ToList();
        var what = named.Count > 0 ? $"is in {string.Join(", ", named)}, which this hub does not know" : "names no storage";
        throw new ArtifactLocationException($"artifact '{artifact.Name}' {what}: known are {string.Join(", ", drivers.Keys)}");
    }

    /// <summary>Makes the location that of one file of the folder it names.</summary>
    private static void PointTo(ArtifactTransfer artifact, IArtifactDriver driver, JsonObject json)
    {
        if (driver.KeyField is not { } key || (string?)json[driver.Field]?[key] is not { } folder)
        {
            throw new ArtifactLocationException($"artifact '{artifact.Name}' is a folder, which {driver.Field} cannot hold unpacked");
        }

        json[driver.Field]![key] = $"{folder.TrimEnd('/')}/{artifact.File}";
    }

    private static JsonObject Parse(ArtifactTransfer artifact)
    {
        try
        {
            return JsonNode.Parse(artifact.LocationJson) as JsonObject
                ?? throw new ArtifactLocationException($"artifact '{artifact.Name}' has a location that is no object");
        }
        catch (JsonException malformed)
        {
            throw new ArtifactLocationException($"artifact '{artifact.Name}' has a location that is no JSON: {malformed.Message}");
        }
    }

    private static string Describe(ArtifactTransfer artifact) => $"artifact '{artifact.Name}' at {artifact.LocationJson}";
}
