using Argosy.Contracts.Agents;
using Argosy.Packing;

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
        var whole = artifact.SubPath.Length > 0 ? place + ".whole" : place;
        await FetchAsync(reader, artifact, whole, cancellationToken);
        if (artifact.SubPath.Length > 0)
        {
            TakePart(artifact, whole, place);
        }

        if (artifact.Mode >= 0)
        {
            SetMode(place, (UnixFileMode)artifact.Mode, artifact.RecurseMode);
        }
    }

    private async Task FetchAsync(AttemptKey reader, ArtifactTransfer artifact, string place, CancellationToken cancellationToken)
    {
        Stream stored;
        try
        {
            stored = await hub.OpenArtifactAsync(reader, artifact, cancellationToken);
        }
        catch (ArtifactMissingException)
        {
            // No object has this key, but some may lie below it: then it is a folder that was stored unpacked.
            if (await hub.ListArtifactAsync(reader, artifact, cancellationToken) is { Count: > 0 } files)
            {
                await FetchFolderAsync(reader, artifact, files, place, cancellationToken);
                return;
            }

            throw;
        }

        await using var content = new DigestingStream(stored);
        await ArtifactPacking.UnpackAsync(content, place, artifact.Archive, cancellationToken);
        var digest = await content.FinishAsync(cancellationToken);
        if (artifact.Digest.Length > 0 && digest != artifact.Digest)
        {
            throw new TransferException(
                $"input artifact \"{artifact.Name}\" is damaged: its bytes have sha256 {digest}, expected {artifact.Digest}");
        }
    }

    private async Task FetchFolderAsync(
        AttemptKey reader, ArtifactTransfer artifact, IReadOnlyList<string> files, string place, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(place);
        foreach (var name in files)
        {
            var target = Path.GetFullPath(Path.Join(place, name));
            if (!target.StartsWith(place.TrimEnd('/') + "/", StringComparison.Ordinal))
            {
                throw new TransferException($"input artifact \"{artifact.Name}\" has a file {name}, which would lie outside of it");
            }

            var file = artifact.Clone();
            file.File = name;
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            await using var content = await hub.OpenArtifactAsync(reader, file, cancellationToken);
            await using var written = File.Create(target);
            await content.CopyToAsync(written, cancellationToken);
        }
    }

    private static void TakePart(ArtifactTransfer artifact, string whole, string place)
    {
        var part = Path.GetFullPath(Path.Join(whole, artifact.SubPath));
        if (!part.StartsWith(whole + "/", StringComparison.Ordinal) || !Path.Exists(part))
        {
            throw new TransferException($"input artifact \"{artifact.Name}\" has no {artifact.SubPath} in it");
        }

        Directory.Move(part, place); // moves files as well
        if (Directory.Exists(whole))
        {
            Views.FolderRemoval.Remove(whole);
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
