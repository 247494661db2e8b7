using System.Text;
using Argosy.Contracts.Agents;

namespace Argosy.ControlPlane.Artifacts;

/// <summary>Bytes that stand in the manifest itself: <c>raw: {data}</c>, for inputs only.</summary>
internal sealed class RawArtifactDriver : IArtifactDriver
{
    public string Field => "raw";

    public Task<Stream> OpenAsync(ArtifactLocation location, CancellationToken cancellationToken)
    {
        var data = LocationFields.Of(location, Field).Text("data") ?? "";
        return Task.FromResult<Stream>(new MemoryStream(Encoding.UTF8.GetBytes(data), writable: false));
    }

    public Task StoreAsync(ArtifactLocation location, Stream content, CancellationToken cancellationToken) =>
        throw new ArtifactLocationException("a raw artifact is part of the manifest: nothing can be stored there");

    public Task DeleteAsync(ArtifactLocation location, CancellationToken cancellationToken) =>
        throw new ArtifactLocationException("a raw artifact is part of the manifest: it cannot be deleted");
}
