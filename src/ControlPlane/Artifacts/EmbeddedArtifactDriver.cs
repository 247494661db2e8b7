using Argosy.Contracts.Agents;

namespace Argosy.ControlPlane.Artifacts;

/// <summary>
/// The hub's own store, <c>embedded: {key}</c>: files in its data directory, named by their content. A key belongs to a namespace; no
/// other namespace can read or replace what it names.
/// </summary>
internal sealed class EmbeddedArtifactDriver(string folder) : IArtifactDriver
{
    private readonly Lazy<ContentFiles> files = new(() => ContentFiles.Open(folder));

    public string Field => "embedded";

    public string KeyField => "key";

    public Task<Stream> OpenAsync(ArtifactLocation location, CancellationToken cancellationToken)
    {
        var key = KeyOf(location);
        var content = files.Value.OpenContent(location.Namespace, key)
            ?? throw new ArtifactMissingException($"the hub stores no artifact with key '{key}' in namespace '{location.Namespace}'");
        return Task.FromResult<Stream>(content);
    }

    public async Task StoreAsync(ArtifactLocation location, Stream content, CancellationToken cancellationToken)
    {
        var key = KeyOf(location);
        var incoming = files.Value.Incoming();
        try
        {
            var measured = new MeasuredStream(content, expectedDigest: null, key);
            await using (var file = new FileStream(
                incoming, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, useAsync: true))
            {
                await measured.CopyToAsync(file, cancellationToken);
                file.Flush(flushToDisk: true);
            }

            files.Value.Commit(new ContentKey(location.Namespace, key, measured.Digest, measured.Size), incoming);
        }
        finally
        {
            File.Delete(incoming);
        }
    }

    public Task DeleteAsync(ArtifactLocation location, CancellationToken cancellationToken)
    {
        files.Value.Remove(location.Namespace, KeyOf(location));
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<string>?> ListAsync(ArtifactLocation folder, CancellationToken cancellationToken)
    {
        var key = LocationFields.Of(folder, Field).Text("key")?.TrimEnd('/') ?? "";
        var prefix = key.Length > 0 ? key + "/" : "";
        return Task.FromResult<IReadOnlyList<string>?>([.. files.Value.KeysBelow(folder.Namespace, prefix).Select(found => found[prefix.Length..])]);
    }

    private string KeyOf(ArtifactLocation location) => LocationFields.Of(location, Field).RequiredText("key");
}
