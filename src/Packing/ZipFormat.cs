using System.IO.Compression;
using System.Text;

namespace Argosy.Packing;

/// <summary>Zip with Unix modes. Its times have no zone and are taken as UTC, to two seconds.</summary>
internal static class ZipFormat
{
    private const int TypeMask = 0xF000;
    private const int SymlinkType = 0xA000;
    private const int DirectoryType = 0x4000;
    private const int FileType = 0x8000;
    private const int LongestLink = 4096; // PATH_MAX
    private const UnixFileMode Permissions = (UnixFileMode)0b111_111_111;
    private static readonly DateTime Earliest = new(1980, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime Latest = new(2107, 12, 31, 23, 59, 58, DateTimeKind.Utc);

    public static bool IsZip(ReadOnlySpan<byte> head) =>
        head is [(byte)'P', (byte)'K', 3, 4, ..] or [(byte)'P', (byte)'K', 5, 6, ..];

    public static async Task PackAsync(string path, Stream destination, CancellationToken cancellationToken)
    {
        await using var zip = await ZipArchive.CreateAsync(
            destination, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8, cancellationToken);
        foreach (var packed in PackTree.Of(path))
        {
            var directory = packed.Kind == FileKind.Directory;
            var entry = zip.CreateEntry(directory ? packed.Name + "/" : packed.Name);
            entry.ExternalAttributes = Attributes(packed) << 16;
            entry.LastWriteTime = ZipTime(File.GetLastWriteTimeUtc(packed.Path));
            if (directory)
            {
                continue;
            }

            await using var content = await entry.OpenAsync(cancellationToken);
            await using Stream source = packed.Kind == FileKind.Symlink
                ? new MemoryStream(Encoding.UTF8.GetBytes(new FileInfo(packed.Path).LinkTarget!))
                : FileKinds.OpenForPacking(packed.Path);
            await source.CopyToAsync(content, cancellationToken);
        }
    }

    /// <summary>A zip's list of entries stands at its end, so its bytes pass through a temporary file beside the destination.</summary>
    public static async Task UnpackAsync(
        Stream source, UnpackStaging staging, long maximumBytes, CancellationToken cancellationToken)
    {
        await using var spool = staging.OpenSpool();
        await using (var stored = new BoundedStream(source, maximumBytes))
        {
            await stored.CopyToAsync(spool, cancellationToken);
        }

        spool.Position = 0;
        await using var zip = await ZipArchive.CreateAsync(spool, ZipArchiveMode.Read, leaveOpen: true, Encoding.UTF8, cancellationToken);
        var left = maximumBytes;
        foreach (var entry in zip.Entries)
        {
            await using var content = new BoundedStream(await entry.OpenAsync(cancellationToken), left);
            await ReadAsync(entry, content, staging, cancellationToken);
            left -= content.BytesRead;
        }
    }

    private static async Task ReadAsync(ZipArchiveEntry entry, Stream content, UnpackStaging staging, CancellationToken cancellationToken)
    {
        var attributes = (entry.ExternalAttributes >> 16) & 0xFFFF;
        var type = attributes & TypeMask;
        UnixFileMode? mode = attributes == 0 ? null : (UnixFileMode)attributes & Permissions;
        var modified = new DateTimeOffset(entry.LastWriteTime.DateTime, TimeSpan.Zero);
        if (entry.FullName.EndsWith('/'))
        {
            staging.AddDirectory(entry.FullName, mode, modified);
        }
        else if (type == SymlinkType)
        {
            if (entry.Length > LongestLink)
            {
                throw ArtifactFormatException.ForEntry(entry.FullName, $"is a symlink of {entry.Length} bytes, more than {LongestLink}");
            }

            using var target = new StreamReader(content, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
            staging.AddSymlink(entry.FullName, await target.ReadToEndAsync(cancellationToken));
        }
        else if (type is 0 or FileType)
        {
            await staging.AddFileAsync(entry.FullName, content, mode, modified, cancellationToken);
        }
        else
        {
            throw ArtifactFormatException.ForEntry(entry.FullName, "is a pipe, socket or device: an artifact holds files, directories and symlinks");
        }
    }

    private static int Attributes(PackedEntry packed) => packed.Kind switch
    {
        FileKind.Symlink => SymlinkType | (int)Permissions,
        FileKind.Directory => DirectoryType | (int)(File.GetUnixFileMode(packed.Path) & Permissions),
        _ => FileType | (int)(File.GetUnixFileMode(packed.Path) & Permissions),
    };

    private static DateTimeOffset ZipTime(DateTime time) => time < Earliest ? Earliest : time > Latest ? Latest : time;
}
