using Argosy.Executor.Agents;
using Argosy.Executor.Plans;
using Argosy.Packing;

namespace Argosy.Executor.Outputs;

/// <summary>Packs files on their way to the agent; nothing is kept, so a repeated upload packs again.</summary>
internal sealed class ArtifactUpload(AgentClient agent)
{
    private const int MostTries = 3;

    public async Task<ArtifactMessage> StoreAsync(OutputPlan artifact, CancellationToken cancellationToken)
    {
        var url = $"v1/outputs/artifacts/{Uri.EscapeDataString(artifact.Name)}";
        if (artifact.Archive == "none" && Directory.Exists(artifact.Path))
        {
            return await StoreFolderAsync(artifact, url, cancellationToken);
        }

        var stored = await PutAsync(
            url, (body, cancelled) => ArtifactPacking.PackAsync(artifact.Path, artifact.Archive, artifact.CompressionLevel, body, cancelled), cancellationToken);
        return new ArtifactMessage(artifact.Name, stored.Digest, stored.Size);
    }

    /// <summary>Sends what <paramref name="pack"/> writes, and sees to it that the same arrived.</summary>
    public async Task<StoredAnswer> PutAsync(string url, Func<Stream, CancellationToken, Task> pack, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            PackedContent? sent = null;
            var stored = await agent.AskJsonAsync(
                HttpMethod.Put, url, () => sent = new PackedContent(pack), ExecutorJson.Default.StoredAnswer, cancellationToken);
            if (stored.Digest == sent!.Digest && stored.Size == sent.Size)
            {
                return stored;
            }

            if (tries == MostTries)
            {
                throw new ExecutorException(
                    $"{sent.Size} bytes with sha256 {sent.Digest} were sent, but {stored.Size} with sha256 {stored.Digest} were stored");
            }
        }
    }

    /// <summary>A folder that is wanted unpacked becomes one object for each of its files.</summary>
    private async Task<ArtifactMessage> StoreFolderAsync(OutputPlan artifact, string url, CancellationToken cancellationToken)
    {
        long size = 0;
        foreach (var path in PlainFolder.Files(artifact.Path))
        {
            var name = Path.GetRelativePath(artifact.Path, path);
            size += (await PutAsync(
                $"{url}?file={Uri.EscapeDataString(name)}", (body, cancelled) => ArtifactPacking.PackAsync(path, "none", 0, body, cancelled), cancellationToken)).Size;
        }

        return new ArtifactMessage(artifact.Name, Digest: null, size);
    }
}
