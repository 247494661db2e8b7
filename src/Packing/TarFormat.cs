using System.Formats.Tar;
using System.IO.Compression;

namespace Argosy.Packing;

/// <summary>Gzipped tar, the archive Argo uses unless told otherwise.</summary>
internal static class TarFormat
{
    private const int HeaderBytes = 512;
    private const UnixFileMode Permissions = (UnixFileMode)0b111_111_111;

    public static async Task PackAsync(string path, int compressionLevel, Stream destination, CancellationToken cancellationToken)
    {
        var options = new ZLibCompressionOptions { CompressionLevel = compressionLevel };
        await using var gzip = new GZipStream(destination, options, leaveOpen: true);
        await using var tar = new TarWriter(gzip, TarEntryFormat.Pax, leaveOpen: true);
        foreach (var packed in PackTree.Of(path))
        {
            await WriteAsync(tar, packed, cancellationToken);
        }
    }

    public static async Task UnpackAsync(
        Stream source, UnpackStaging staging, long maximumBytes, CancellationToken cancellationToken)
    {
        await using var gzip = new GZipStream(source, CompressionMode.Decompress, leaveOpen: true);
        await using var bounded = new BoundedStream(gzip, maximumBytes);
        await using var tar = new TarReader(bounded, leaveOpen: true);
        long copied = 0;
        while (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            if (entry.EntryType == TarEntryType.HardLink)
            {
                copied += await staging.AddCopyAsync(entry.Name, entry.LinkName, maximumBytes - bounded.BytesRead - copied, cancellationToken);
            }
            else
            {
                await ReadAsync(entry, staging, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Whether the bytes begin a gzip stream whose content begins with a tar header: a gzipped file that is no tar stays as it is.
    /// </summary>
    public static bool IsGzippedTar(ReadOnlySpan<byte> head)
    {
        if (head is not [0x1f, 0x8b, ..])
        {
            return false;
        }

        var header = new byte[HeaderBytes];
        try
        {
            using var gzip = new GZipStream(new MemoryStream(head.ToArray()), CompressionMode.Decompress);
            gzip.ReadExactly(header);
        }
        catch (Exception notGzip) when (notGzip is InvalidDataException or EndOfStreamException)
        {
            return false;
        }

        return HasTarChecksum(header);
    }

    // A tar header holds, in octal at byte 148, the sum of its bytes with that field itself counted as eight spaces.
    private static bool HasTarChecksum(ReadOnlySpan<byte> header)
    {
        var field = header.Slice(148, 8);
        var declared = 0;
        foreach (var digit in field)
        {
            if (digit is >= (byte)'0' and <= (byte)'7')
            {
                declared = (declared * 8) + (digit - '0');
            }
        }

        var sum = 8 * ' ';
        for (var at = 0; at < header.Length; at++)
        {
            sum += at is >= 148 and < 156 ? 0 : header[at];
        }

        return sum == declared;
    }

    private static async Task WriteAsync(TarWriter tar, PackedEntry packed, CancellationToken cancellationToken)
    {
        if (packed.Kind == FileKind.Symlink)
        {
            var link = new FileInfo(packed.Path);
            await tar.WriteEntryAsync(
                new PaxTarEntry(TarEntryType.SymbolicLink, packed.Name)
                {
                    LinkName = link.LinkTarget!,
                    Mode = Permissions,
                    ModificationTime = link.LastWriteTimeUtc,
                },
                cancellationToken);
            return;
        }

        var directory = packed.Kind == FileKind.Directory;
        var entry = new PaxTarEntry(directory ? TarEntryType.Directory : TarEntryType.RegularFile, directory ? packed.Name + "/" : packed.Name)
        {
            Mode = File.GetUnixFileMode(packed.Path) & Permissions,
            ModificationTime = File.GetLastWriteTimeUtc(packed.Path),
        };
        if (directory)
        {
            await tar.WriteEntryAsync(entry, cancellationToken);
            return;
        }

        await using var file = FileKinds.OpenForPacking(packed.Path);
        var length = file.Length;
        entry.DataStream = file;
        await tar.WriteEntryAsync(entry, cancellationToken);
        if (file.Position != length)
        {
            throw new IOException($"{packed.Path} changed while it was packed: it had {length} bytes, then {file.Position}");
        }
    }

    private static async Task ReadAsync(TarEntry entry, UnpackStaging staging, CancellationToken cancellationToken)
    {
        switch (entry.EntryType)
        {
            case TarEntryType.Directory or TarEntryType.DirectoryList:
                staging.AddDirectory(entry.Name, entry.Mode & Permissions, entry.ModificationTime);
                break;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                await staging.AddFileAsync(
                    entry.Name, entry.DataStream ?? Stream.Null, entry.Mode & Permissions, entry.ModificationTime, cancellationToken);
                break;
            case TarEntryType.SymbolicLink:
                staging.AddSymlink(entry.Name, entry.LinkName);
                break;
            case TarEntryType.GlobalExtendedAttributes:
                break;
            default:
                throw ArtifactFormatException.ForEntry(
                    entry.Name, $"is a {entry.EntryType}: an artifact holds files, directories and links");
        }
    }
}
