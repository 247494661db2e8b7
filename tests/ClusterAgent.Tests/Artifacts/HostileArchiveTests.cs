using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Argosy.Packing;

namespace Argosy.ClusterAgent.Tests.Artifacts;

/// <summary>Archives made to harm whoever unpacks them, and damaged ones: all are refused and leave nothing behind.</summary>
public sealed class HostileArchiveTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, string> EscapingNames => new()
    {
        { "tar", "../escaped" }, { "tar", "/escaped" }, { "tar", "top/../../escaped" },
        { "zip", "../escaped" }, { "zip", "/escaped" }, { "zip", "top/../../escaped" },
    };

    [Theory]
    [MemberData(nameof(EscapingNames))]
    public async Task EntryOutsideTheDestination_Unpacked_IsRefusedByName(string archive, string name)
    {
        var packed = archive == "tar" ? Tar(File(name)) : Zip(name);

        var refused = await RefusedAsync(packed);

        Assert.Equal(name, refused.Entry);
    }

    [Theory]
    [InlineData("/etc")]
    [InlineData("..")]
    [InlineData("../../x")]
    [InlineData("inner/../../../x")]
    public async Task SymlinkOutOfTheArtifact_Unpacked_IsRefusedByName(string target)
    {
        var refused = await RefusedAsync(Tar(Symlink("top", target)));

        Assert.Equal("top", refused.Entry);
    }

    [Theory]
    [InlineData("top/link", "../beside")]
    [InlineData("top/sub/link", "../../beside")]
    [InlineData("top/link", "../top/file")]
    public async Task SymlinkOutOfTheFolderThatBecomesTheDestination_Unpacked_IsRefusedByName(string name, string target)
    {
        var refused = await RefusedAsync(Tar(File("top/file"), Symlink(name, target)));

        Assert.Equal(name, refused.Entry);
    }

    [Fact]
    public async Task SymlinkAlone_Unpacked_IsRefused_ForNothingIsInsideIt()
    {
        var refused = await RefusedAsync(Tar(Symlink("top", "beside")));

        Assert.Equal("top", refused.Entry);
    }

    [Fact]
    public async Task SymlinkToTheFolderBeside_OfTheSameArtifact_IsKept()
    {
        await UnpackAsync(Tar(File("one/file"), Symlink("two/link", "../one/file")));

        Assert.Equal("content", System.IO.File.ReadAllText(folder["out/two/link"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("file\0")]
    public async Task SymlinkThatNoFileSystemTakes_Unpacked_IsRefusedByName(string target)
    {
        var refused = await RefusedAsync(Zip("top/link", target, SymlinkAttributes));

        Assert.Equal("top/link", refused.Entry);
    }

    [Fact]
    public async Task EntryThroughASymlink_Unpacked_IsRefusedByName()
    {
        var refused = await RefusedAsync(Tar(Directory("top/real"), Symlink("top/link", "real"), File("top/link/through")));

        Assert.Equal("top/link/through", refused.Entry);
    }

    [Theory]
    [InlineData(TarEntryType.CharacterDevice)]
    [InlineData(TarEntryType.BlockDevice)]
    [InlineData(TarEntryType.Fifo)]
    public async Task DeviceNode_Unpacked_IsRefusedByName(TarEntryType type)
    {
        var refused = await RefusedAsync(Tar(new PaxTarEntry(type, "dev/thing")));

        Assert.Equal("dev/thing", refused.Entry);
    }

    [Fact]
    public async Task HardLinkOutOfTheArtifact_Unpacked_IsRefused() =>
        await RefusedAsync(Tar(new PaxTarEntry(TarEntryType.HardLink, "link") { LinkName = "../../etc/passwd" }));

    [Theory]
    [InlineData("top/link")]
    [InlineData("top/link/file")]
    [InlineData(".")]
    [InlineData("top")]
    public async Task HardLinkToOrThroughASymlink_OrToNoFile_Unpacked_IsRefused(string of) => await RefusedAsync(
        Tar(File("top/real/file"), Symlink("top/link", "real"), new PaxTarEntry(TarEntryType.HardLink, "top/hard") { LinkName = of }));

    [Fact]
    public async Task HardLinkThroughASymlink_WithItsName_Unpacked_IsRefused() => await RefusedAsync(
        Tar(File("top/real/file"), Symlink("top/link", "real"), new PaxTarEntry(TarEntryType.HardLink, "top/link/new") { LinkName = "top/real/file" }));

    [Fact]
    public async Task HardLinks_UnpackedWithALimit_CountAsTheCopiesTheyBecome()
    {
        var links = Enumerable.Range(0, 10).Select(index => new PaxTarEntry(TarEntryType.HardLink, $"top/{index}") { LinkName = "top/file" });

        var refused = await RefusedAsync(Tar([File("top/file", new string('x', 300_000)), .. links]), maximumBytes: 1_000_000);

        Assert.Contains("bytes allowed", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HardLinkToAnEarlierFile_Unpacked_HasItsContent()
    {
        await UnpackAsync(Tar(File("top/file"), new PaxTarEntry(TarEntryType.HardLink, "top/link") { LinkName = "top/file" }));

        Assert.Equal("content", System.IO.File.ReadAllText(folder["out/link"]));
    }

    [Fact]
    public async Task FileOverAnEarlierSymlink_Unpacked_ReplacesTheLinkNotItsTarget()
    {
        await UnpackAsync(Tar(File("top/file"), Symlink("top/link", "file"), File("top/link", "new")));

        Assert.Equal("content", System.IO.File.ReadAllText(folder["out/file"]));
        Assert.Equal("new", System.IO.File.ReadAllText(folder["out/link"]));
    }

    [Theory]
    [InlineData("tar")]
    [InlineData("zip")]
    public async Task Bomb_UnpackedWithALimit_IsRefused(string archive)
    {
        var zeros = new string('\0', 10_000_000);
        var packed = archive == "tar" ? Tar(File("bomb", zeros)) : Zip("bomb", zeros);
        Assert.InRange(packed.Length, 0, 100_000);

        var refused = await RefusedAsync(packed, maximumBytes: 1_000_000);

        Assert.Contains("1000000 bytes", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tar")]
    [InlineData("zip")]
    public async Task TruncatedArchive_Unpacked_IsRefused(string archive)
    {
        var content = Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(200_000));
        var packed = archive == "tar" ? Tar(File("top", content)) : Zip("top", content);

        await RefusedAsync(packed[..(packed.Length / 2)], archive: archive);
    }

    [Theory]
    [InlineData("tar")]
    [InlineData("zip")]
    public async Task PlainText_UnpackedAsAnArchive_IsRefused(string archive) =>
        await RefusedAsync("no archive at all"u8.ToArray(), archive: archive);

    [Fact]
    public async Task SourceThatFailsAtItsVeryEnd_Unpacked_LeavesNoDestination()
    {
        await using var source = new FailingAtEnd(Tar(File("top")));

        await Assert.ThrowsAsync<TimeoutException>(
            () => ArtifactPacking.UnpackAsync(source, folder["out"], "", TestContext.Current.CancellationToken));

        Assert.Empty(folder.NamesIn("."));
    }

    private Task UnpackAsync(byte[] packed) =>
        ArtifactPacking.UnpackAsync(new MemoryStream(packed), folder["out"], "", TestContext.Current.CancellationToken);

    private async Task<ArtifactFormatException> RefusedAsync(byte[] packed, string archive = "", long maximumBytes = long.MaxValue)
    {
        var refused = await Assert.ThrowsAsync<ArtifactFormatException>(() => ArtifactPacking.UnpackAsync(
            new MemoryStream(packed), folder["out"], archive, maximumBytes, TestContext.Current.CancellationToken));
        Assert.Empty(folder.NamesIn("."));
        return refused;
    }

    private static PaxTarEntry File(string name, string content = "content") =>
        new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) };

    private static PaxTarEntry Directory(string name) => new(TarEntryType.Directory, name);

    private static PaxTarEntry Symlink(string name, string target) => new(TarEntryType.SymbolicLink, name) { LinkName = target };

    private static byte[] Tar(params PaxTarEntry[] entries)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
        using (var tar = new TarWriter(gzip))
        {
            foreach (var entry in entries)
            {
                tar.WriteEntry(entry);
            }
        }

        return packed.ToArray();
    }

    private const int SymlinkAttributes = 0xA1FF << 16; // a symlink that all may read, in Unix' words

    private static byte[] Zip(string name, string content = "content", int attributes = 0)
    {
        var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            var entry = zip.CreateEntry(name);
            entry.ExternalAttributes = attributes;
            using var stream = entry.Open();
            stream.Write(Encoding.UTF8.GetBytes(content));
        }

        return packed.ToArray();
    }

    /// <summary>Gives all its bytes and then fails, as a stream does whose digest turns out wrong.</summary>
    private sealed class FailingAtEnd(byte[] content) : MemoryStream(content)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is var read and > 0 ? read : throw new TimeoutException();

        public override int Read(Span<byte> buffer) => base.Read(buffer) is var read and > 0 ? read : throw new TimeoutException();
    }
}
