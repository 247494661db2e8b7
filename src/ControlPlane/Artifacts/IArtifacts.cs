using Argosy.Contracts.Agents;

namespace Argosy.ControlPlane.Artifacts;

/// <summary>
/// One kind of artifact storage, chosen by the driver field of an Argo artifact location (<c>s3</c>, <c>http</c>, <c>raw</c>, …).
/// </summary>
public interface IArtifactDriver
{
    /// <summary>The location's field that selects this driver.</summary>
    string Field { get; }

    /// <exception cref="ArtifactMissingException">Nothing is stored there.</exception>
    Task<Stream> OpenAsync(ArtifactLocation location, CancellationToken cancellationToken);

    /// <summary>Stores the bytes; afterwards readers see all of them or none.</summary>
    Task StoreAsync(ArtifactLocation location, Stream content, CancellationToken cancellationToken);

    Task DeleteAsync(ArtifactLocation location, CancellationToken cancellationToken);

    /// <summary>The location's field that names an object, where objects can lie below each other as files in a folder; null: they cannot.</summary>
    string? KeyField => null;

    /// <summary>What is stored below the location as if its key were a folder: paths below it, in order; null when the storage cannot tell.</summary>
    Task<IReadOnlyList<string>?> ListAsync(ArtifactLocation folder, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>?>(null);
}

/// <param name="Namespace">The workflow's namespace: secrets that the location names are read there.</param>
/// <param name="Json">Argo's artifact location, as JSON.</param>
public sealed record ArtifactLocation(string Namespace, System.Text.Json.Nodes.JsonObject Json);

/// <summary>The hub's artifacts: picks the driver, measures digest and size, refuses what does not match.</summary>
public interface IArtifacts
{
    /// <summary>
    /// Opens an artifact for reading. Where the transfer names a digest the returned stream throws at its end when the bytes differ.
    /// </summary>
    /// <exception cref="ArtifactMissingException">Nothing is stored there.</exception>
    Task<Stream> OpenAsync(string @namespace, ArtifactTransfer artifact, CancellationToken cancellationToken);

    /// <summary>Deletes the stored bytes. What is gone already is fine.</summary>
    /// <exception cref="ArtifactLocationException">The location cannot be reached, or its driver cannot delete.</exception>
    Task DeleteAsync(string @namespace, ArtifactTransfer artifact, CancellationToken cancellationToken);

    Task<StoredArtifact> StoreAsync(string @namespace, ArtifactTransfer artifact, Stream content, CancellationToken cancellationToken);

    /// <summary>As <see cref="IHubLink.ListArtifactAsync"/>.</summary>
    Task<IReadOnlyList<string>?> ListAsync(string @namespace, ArtifactTransfer artifact, CancellationToken cancellationToken);
}
