namespace Argosy.Packing;

/// <summary>
/// Turns a file or directory of a step into the bytes that are stored, and back, as Argo does: the archive has one top entry named as
/// the path's last part, and an archive with one top entry becomes the destination itself. Everything streams; nothing is held in memory.
/// </summary>
public static class ArtifactPacking
{
    /// <summary>Packs the file or directory at <paramref name="path"/>; a symlink there is followed, symlinks below are kept.</summary>
    /// <param name="archive"><c>tar</c> (gzipped, also when empty), <c>none</c> or <c>zip</c>.</param>
    /// <param name="compressionLevel">-1 for the usual trade, 0 for none, 1 (fast) to 9 (small); only tar heeds it.</param>
    /// <param name="destination">Receives the bytes and stays open.</param>
    /// <exception cref="FileNotFoundException">Nothing is at the path.</exception>
    /// <exception cref="ArtifactFormatException">A directory with <c>none</c>, or something below is no file, directory or symlink.</exception>
    public static async Task PackAsync(
        string path, string archive, int compressionLevel, Stream destination, CancellationToken cancellationToken)
    {
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (!Path.Exists(path))
        {
            throw new FileNotFoundException($"no file or directory at {path}", path);
        }

        switch (archive)
        {
            case "" or "tar":
                await TarFormat.PackAsync(path, compressionLevel, destination, cancellationToken);
                break;
            case "zip":
                await ZipFormat.PackAsync(path, destination, cancellationToken);
                break;
            case "none":
                await PackPlainAsync(path, destination, cancellationToken);
                break;
            default:
                throw UnknownArchive(archive);
        }
    }

    /// <inheritdoc cref="UnpackAsync(Stream, string, string, long, CancellationToken)"/>
    public static Task UnpackAsync(Stream source, string destination, string archive, CancellationToken cancellationToken) =>
        UnpackAsync(source, destination, archive, long.MaxValue, cancellationToken);

    /// <summary>
    /// Unpacks a stored artifact to <paramref name="destination"/>, whose parents are made as needed. The source is read to its end, and
    /// only then does the destination appear: an archive that turns out bad leaves nothing behind.
    /// </summary>
    /// <param name="archive"><c>tar</c>, <c>none</c> or <c>zip</c>; empty to tell by the content: a gzipped tar, a zip, or else a plain file.</param>
    /// <param name="maximumBytes">The most that may come out, archive headers included: the guard against decompression bombs.</param>
    /// <exception cref="ArtifactFormatException">
    /// The bytes are not such an archive, an entry would land outside the destination, is a device or points out of the artifact, or more
    /// than <paramref name="maximumBytes"/> came out.
    /// </exception>
    public static async Task UnpackAsync(
        Stream source, string destination, string archive, long maximumBytes, CancellationToken cancellationToken)
    {
        destination = Path.TrimEndingDirectorySeparator(Path.GetFullPath(destination));
        var peeked = await PeekedStream.OpenAsync(source, cancellationToken);
        archive = archive.Length > 0 ? archive : Sniff(peeked.Head);

        using var staging = new UnpackStaging(destination);
        try
        {
            switch (archive)
            {
                case "tar":
                    await TarFormat.UnpackAsync(peeked, staging, maximumBytes, cancellationToken);
                    break;
                case "zip":
                    await ZipFormat.UnpackAsync(peeked, staging, maximumBytes, cancellationToken);
                    break;
                case "none":
                    await using (var bounded = new BoundedStream(peeked, maximumBytes))
                    {
                        await staging.AddFileAsync(Path.GetFileName(destination), bounded, mode: null, modified: null, cancellationToken);
                    }

                    break;
                default:
                    throw UnknownArchive(archive);
            }

            // What follows an archive's end is still part of the stored bytes: a digest is only checked at their very end.
            await peeked.CopyToAsync(Stream.Null, cancellationToken);
        }
        catch (Exception damaged) when (damaged is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new ArtifactFormatException($"the artifact is not a readable {archive} archive: {damaged.Message}", damaged);
        }

        staging.Publish();
    }

    private static async Task PackPlainAsync(string path, Stream destination, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path))
        {
            throw new ArtifactFormatException(
                $"{path} is a directory, which archive 'none' cannot hold: use tar or zip, or name a file");
        }

        FileKinds.RequireFile(path);
        await using var file = FileKinds.OpenForPacking(path);
        await file.CopyToAsync(destination, cancellationToken);
    }

    private static string Sniff(ReadOnlySpan<byte> head) =>
        TarFormat.IsGzippedTar(head) ? "tar" : ZipFormat.IsZip(head) ? "zip" : "none";

    private static ArtifactFormatException UnknownArchive(string archive) =>
        new($"unknown archive '{archive}': tar, zip and none are known");
}
