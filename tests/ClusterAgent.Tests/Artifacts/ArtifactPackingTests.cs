using System.IO.Compression;
using System.Security.Cryptography;
using Argosy.Packing;

namespace Argosy.ClusterAgent.Tests.Artifacts;

public sealed class ArtifactPackingTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("tar", "")]
    [InlineData("tar", "tar")]
    [InlineData("zip", "")]
    [InlineData("zip", "zip")]
    [InlineData("none", "")]
    [InlineData("none", "none")]
    public async Task File_PackedAndUnpackedElsewhere_HasItsBytesUnderTheNewName(string packed, string unpacked)
    {
        var content = RandomNumberGenerator.GetBytes(300_000);
        File.WriteAllBytes(folder["model.bin"], content);

        await UnpackAsync(await PackAsync(folder["model.bin"], packed), folder["deep/er/served"], unpacked);

        Assert.Equal(content, File.ReadAllBytes(folder["deep/er/served"]));
        Assert.Equal(["served"], folder.NamesIn("deep/er"));
    }

    [Theory]
    [InlineData("tar")]
    [InlineData("zip")]
    public async Task Directory_PackedAndUnpacked_KeepsTreeModesTimesAndSymlinks(string archive)
    {
        var time = new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        folder.Write("in/run.sh", "echo", UnixFileMode.UserRead | UnixFileMode.UserExecute, time);
        folder.Write("in/sub/data", "rows", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, time);
        Directory.CreateDirectory(folder["in/empty"]);
        File.CreateSymbolicLink(folder["in/sub/link"], "../run.sh");
        File.SetUnixFileMode(folder["in/empty"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Directory.SetLastWriteTimeUtc(folder["in/sub"], time);

        await UnpackAsync(await PackAsync(folder["in"], archive), folder["out"]);

        Assert.Equal(["empty", "run.sh", "sub"], folder.NamesIn("out"));
        Assert.Equal("rows", File.ReadAllText(folder["out/sub/data"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserExecute, File.GetUnixFileMode(folder["out/run.sh"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserExecute, File.GetUnixFileMode(folder["out/empty"]));
        Assert.Equal(time, File.GetLastWriteTimeUtc(folder["out/run.sh"]));
        Assert.Equal(time, Directory.GetLastWriteTimeUtc(folder["out/sub"]));
        Assert.Equal("../run.sh", new FileInfo(folder["out/sub/link"]).LinkTarget);
        Assert.Equal("echo", File.ReadAllText(folder["out/sub/link"]));
    }

    [Fact]
    public async Task SameTree_PackedTwice_GivesTheSameBytes()
    {
        var time = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        foreach (var name in new[] { "in/b", "in/a", "in/c/d" })
        {
            folder.Write(name, name, UnixFileMode.UserRead, time);
        }

        Assert.Equal(await PackAsync(folder["in"], "tar"), await PackAsync(folder["in"], "tar"));
    }

    [Theory]
    [InlineData(0, 100_000, 110_000)]
    [InlineData(-1, 0, 5_000)]
    [InlineData(9, 0, 5_000)]
    public async Task CompressionLevel_OfATar_IsHeeded(int level, int atLeast, int atMost)
    {
        File.WriteAllBytes(folder["zeros"], new byte[100_000]);

        var packed = await PackAsync(folder["zeros"], "tar", level);

        Assert.InRange(packed.Length, atLeast, atMost);
    }

    [Fact]
    public async Task PlainGzipFile_WithoutArchiveNamed_StaysAsItIs()
    {
        var gzipped = new MemoryStream();
        using (var gzip = new GZipStream(gzipped, CompressionMode.Compress, leaveOpen: true))
        {
            gzip.Write(RandomNumberGenerator.GetBytes(5_000));
        }

        await UnpackAsync(gzipped.ToArray(), folder["data.gz"]);

        Assert.Equal(gzipped.ToArray(), File.ReadAllBytes(folder["data.gz"]));
    }

    [Fact]
    public async Task ArchiveNone_OfATarball_StaysAsItIs()
    {
        File.WriteAllText(folder["x"], "content");
        var packed = await PackAsync(folder["x"], "tar");

        await UnpackAsync(packed, folder["x.tgz"], "none");

        Assert.Equal(packed, File.ReadAllBytes(folder["x.tgz"]));
    }

    [Fact]
    public async Task EmptyFile_UnpackedWithoutArchiveNamed_IsAnEmptyFile()
    {
        await UnpackAsync([], folder["empty"]);

        Assert.Empty(File.ReadAllBytes(folder["empty"]));
    }

    [Fact]
    public async Task Directory_PackedAsNone_IsRefusedWithAdvice()
    {
        Directory.CreateDirectory(folder["in"]);

        var refused = await Assert.ThrowsAsync<ArtifactFormatException>(() => PackAsync(folder["in"], "none"));

        Assert.Contains("use tar or zip", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tar")]
    [InlineData("zip")]
    [InlineData("none")]
    public async Task MissingPath_Packed_IsNotFound(string archive) =>
        await Assert.ThrowsAsync<FileNotFoundException>(() => PackAsync(folder["nothing"], archive));

    [Fact]
    public async Task DanglingSymlink_Packed_IsNotFound()
    {
        File.CreateSymbolicLink(folder["link"], "nowhere");

        await Assert.ThrowsAsync<FileNotFoundException>(() => PackAsync(folder["link"], "tar"));
    }

    [Theory]
    [InlineData("tar")]
    [InlineData("zip")]
    public async Task NamedPipeInADirectory_Packed_IsRefusedByName(string archive)
    {
        Directory.CreateDirectory(folder["in"]);
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", [folder["in/pipe"]]))
        {
            await mkfifo.WaitForExitAsync();
        }

        var refused = await Assert.ThrowsAsync<ArtifactFormatException>(() => PackAsync(folder["in"], archive));

        Assert.EndsWith("in/pipe", refused.Entry, StringComparison.Ordinal);
    }

    private static async Task<byte[]> PackAsync(string path, string archive, int level = -1)
    {
        var packed = new MemoryStream();
        await ArtifactPacking.PackAsync(path, archive, level, packed, TestContext.Current.CancellationToken);
        return packed.ToArray();
    }

    private static Task UnpackAsync(byte[] packed, string destination, string archive = "") =>
        ArtifactPacking.UnpackAsync(new MemoryStream(packed), destination, archive, TestContext.Current.CancellationToken);
}
