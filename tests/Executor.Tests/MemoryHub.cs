using System.Collections.Concurrent;
using System.Security.Cryptography;
using Argosy.Contracts.Agents;

namespace Argosy.Executor.Tests;

/// <summary>A hub that holds artifacts by their locations, in memory.</summary>
internal sealed class MemoryHub : IHubLink
{
    /// <summary>More than this of one artifact is counted, but not kept.</summary>
    private const int MostKept = 16 * 1024 * 1024;

    public ConcurrentDictionary<string, byte[]> Artifacts { get; } = new();

    /// <summary>Called with the bytes so far while an artifact comes in.</summary>
    public Func<long, Task> Storing { get; set; } = _ => Task.CompletedTask;

    /// <summary>What the hub says it stored, where it lies.</summary>
    public Func<StoredArtifact, StoredArtifact> Says { get; set; } = stored => stored;

    public Task<Stream> OpenArtifactAsync(AttemptKey reader, ArtifactTransfer artifact, CancellationToken cancellationToken) =>
        Artifacts.TryGetValue(PlaceOf(artifact), out var bytes)
            ? Task.FromResult<Stream>(new MemoryStream(bytes))
            : throw new ArtifactMissingException($"nothing is stored as '{artifact.Name}'");

    public async Task<StoredArtifact> StoreArtifactAsync(
        AttemptKey writer, ArtifactTransfer artifact, Stream content, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var kept = new MemoryStream();
        var buffer = new byte[64 * 1024];
        long size = 0;
        while (await content.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            hash.AppendData(buffer, 0, read);
            size += read;
            if (size <= MostKept)
            {
                kept.Write(buffer, 0, read);
            }

            await Storing(size);
        }

        Artifacts[PlaceOf(artifact)] = kept.ToArray();
        return Says(new StoredArtifact
        {
            Name = artifact.Name, LocationJson = artifact.LocationJson, Digest = Convert.ToHexStringLower(hash.GetHashAndReset()), Size = size,
        });
    }

    public Task<IReadOnlyList<string>?> ListArtifactAsync(AttemptKey reader, ArtifactTransfer artifact, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>?>(
            [.. Artifacts.Keys.Where(place => place.StartsWith(artifact.LocationJson + "/", StringComparison.Ordinal))
                .Select(place => place[(artifact.LocationJson.Length + 1)..]).Order(StringComparer.Ordinal)]);

    public Task<IAgentSession> ConnectAsync(Hello hello, IAgentServices services, CancellationToken cancellationToken) =>
        throw new HubRefusedException("this hub has no sessions");

    public Task<NodeReport> ActOnResourceAsync(PodIntent intent, CancellationToken cancellationToken) =>
        throw new HubRefusedException("this hub has no objects");

    public Task<IReadOnlyDictionary<string, string>?> ReadConfigurationAsync(
        ConfigurationKind kind, string @namespace, string name, CancellationToken cancellationToken) =>
        throw new HubRefusedException("this hub has no configurations");

    private static string PlaceOf(ArtifactTransfer artifact) =>
        artifact.File.Length > 0 ? $"{artifact.LocationJson}/{artifact.File}" : artifact.LocationJson;
}
