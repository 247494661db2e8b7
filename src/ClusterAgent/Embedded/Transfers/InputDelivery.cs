using Argosy.ClusterAgent.Artifacts;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Embedded.Transfers;

/// <summary>Puts input artifacts at their paths before the first container starts.</summary>
internal sealed class InputDelivery(IHubLink hub)
{
    /// <exception cref="TransferException">A wanted artifact is missing or damaged.</exception>
    public async Task DeliverAsync(PodIntent intent, PodFiles files, CancellationToken cancellationToken)
    {
        foreach (var artifact in intent.InputArtifacts)
        {
            try
            {
                await DeliverAsync(intent.Key, artifact, files.Place(artifact.Path), cancellationToken);
            }
            catch (ArtifactMissingException) when (artifact.Optional)
            {
                // Not there and not needed: the step finds nothing at the path.
            }
            catch (Exception e) when (e is not (OperationCanceledException or TransferException))
            {
                throw new TransferException($"input artifact \"{artifact.Name}\" could not be delivered to {artifact.Path}: {e.Message}");
            }
        }
    }

    private async Task DeliverAsync(AttemptKey reader, ArtifactTransfer artifact, string place, CancellationToken cancellationToken)
    {
        await using var content = new DigestingStream(await hub.OpenArtifactAsync(reader, artifact, cancellationToken));
        await ArtifactPacking.UnpackAsync(content, place, artifact.Archive, cancellationToken);
        var digest = await content.FinishAsync(cancellationToken);
        if (artifact.Digest.Length > 0 && digest != artifact.Digest)
        {
            throw new TransferException(
                $"input artifact \"{artifact.Name}\" is damaged: its bytes have sha256 {digest}, expected {artifact.Digest}");
        }

        if (artifact.Mode >= 0)
        {
            SetMode(place, (UnixFileMode)artifact.Mode, artifact.RecurseMode);
        }
    }

    private static void SetMode(string path, UnixFileMode mode, bool recurse)
    {
        if (recurse && Directory.Exists(path))
        {
            foreach (var entry in new DirectoryInfo(path).EnumerateFileSystemInfos().Where(entry => entry.LinkTarget is null))
            {
                SetMode(entry.FullName, mode, recurse);
            }
        }

        File.SetUnixFileMode(path, mode);
    }
}
