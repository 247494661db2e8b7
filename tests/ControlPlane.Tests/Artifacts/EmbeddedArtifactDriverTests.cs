using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Artifacts;

namespace Argosy.ControlPlane.Tests.Artifacts;

public sealed class EmbeddedArtifactDriverTests : ArtifactDriverContract, IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("argosy-embedded-");
    private readonly EmbeddedArtifactDriver driver;

    public EmbeddedArtifactDriverTests() => driver = new EmbeddedArtifactDriver(folder.FullName);

    private protected override IArtifactDriver Driver => driver;

    private protected override ArtifactLocation NewLocation() => At($"train/{Guid.NewGuid()}/model.tgz");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public Task Folder_Listed_TellsWhatLiesBelowIt() => ListingTellsWhatLiesBelowAKey(key => At(key));

    [Fact]
    public async Task EqualContent_UnderManyKeys_IsStoredOnce()
    {
        foreach (var key in new[] { "a", "b", "c" })
        {
            await StoreAsync(At(key), "same");
        }

        Assert.Single(FilesIn("sha256"));
    }

    [Fact]
    public async Task Content_DeletedUnderOneKey_StaysForTheOthers()
    {
        await StoreAsync(At("a"), "same");
        await StoreAsync(At("b"), "same");

        await driver.DeleteAsync(At("a"), Cancelled);

        Assert.Equal("same", await ReadTextAsync(At("b")));
        await Assert.ThrowsAsync<ArtifactMissingException>(() => driver.OpenAsync(At("a"), Cancelled));
    }

    [Fact]
    public async Task Content_ThatNoKeyNamesAnyMore_IsRemoved()
    {
        await StoreAsync(At("a"), "first");
        await StoreAsync(At("a"), "second");
        await driver.DeleteAsync(At("a"), Cancelled);
        await driver.DeleteAsync(At("a"), Cancelled);

        Assert.Empty(Directory.EnumerateFiles(folder.FullName, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Content_BeingReadWhenDeleted_IsReadToItsEnd()
    {
        await StoreAsync(At("a"), "content");
        await using var open = await driver.OpenAsync(At("a"), Cancelled);

        await driver.DeleteAsync(At("a"), Cancelled);

        Assert.Equal("content", await new StreamReader(open).ReadToEndAsync(Cancelled));
    }

    [Theory]
    [InlineData("../../escape")]
    [InlineData("/etc/passwd")]
    [InlineData("with space/ü/\u0001\n")]
    public async Task Key_OfAnySpelling_IsJustAName(string key)
    {
        await StoreAsync(At(key), "content");

        Assert.Equal("content", await ReadTextAsync(At(key)));
        Assert.Equal(64, Path.GetFileName(Assert.Single(FilesIn("keys"))).Length);
    }

    [Fact]
    public async Task Key_OfAnotherNamespace_IsNotReadable()
    {
        await StoreAsync(At("a"), "content");

        await Assert.ThrowsAsync<ArtifactMissingException>(
            () => driver.OpenAsync(Location("""{"embedded": {"key": "a"}}""", "other"), Cancelled));
    }

    [Fact]
    public async Task Store_OpenedAgain_HasWhatWasStored()
    {
        await StoreAsync(At("a"), "content");

        Assert.Equal("content", await new StreamReader(await Reopened().OpenAsync(At("a"), Cancelled)).ReadToEndAsync(Cancelled));
    }

    /// <summary>Each state is what a crash at one instant leaves: made from a finished store by taking back the steps not reached.</summary>
    [Theory]
    [InlineData("incoming")]
    [InlineData("incoming", "uses")]
    [InlineData("incoming", "uses", "sha256")]
    public async Task Crash_BeforeTheKeyIsThere_LeavesNothingOnceOpenedAgain(params string[] reached)
    {
        await StoreAsync(At("a"), "content");
        var use = Path.GetFileName(Assert.Single(FilesIn("uses")));
        File.WriteAllText(Path.Combine(folder.FullName, "incoming", "half"), "cont");
        File.WriteAllText(Path.Combine(folder.FullName, "unsettled", use), "");
        // Not even the folders of a first artifact are there yet.
        foreach (var made in new[] { "keys", "uses", "sha256" }.Except(reached).SelectMany(part => Directory.GetDirectories(Path.Combine(folder.FullName, part))))
        {
            Directory.Delete(made, recursive: true);
        }

        await Assert.ThrowsAsync<ArtifactMissingException>(() => Reopened().OpenAsync(At("a"), Cancelled));

        Assert.Empty(Directory.EnumerateFiles(folder.FullName, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Crash_AfterTheKeyIsThere_LeavesTheNewContent()
    {
        await StoreAsync(At("a"), "new");
        File.WriteAllText(Path.Combine(folder.FullName, "unsettled", Path.GetFileName(Assert.Single(FilesIn("uses")))), "");

        await using var open = await Reopened().OpenAsync(At("a"), Cancelled);

        Assert.Equal("new", await new StreamReader(open).ReadToEndAsync(Cancelled));
        Assert.Empty(FilesIn("unsettled"));
    }

    [Fact]
    public async Task ManyWriters_OfOnePlace_LeaveOneOfTheirContents()
    {
        var location = NewLocation();
        var contents = Enumerable.Range(0, 16).Select(writer => $"content of writer {writer}").ToList();

        await Task.WhenAll(contents.Select(content => Task.Run(() => StoreAsync(location, content), Cancelled)));

        Assert.Contains(await ReadTextAsync(location), contents);
    }

    [Fact]
    public async Task WritersAndDeleters_OfSharedContent_NeverLeaveAKeyWithoutBytes()
    {
        var keys = Enumerable.Range(0, 8).Select(index => At($"key-{index}")).ToList();

        await Task.WhenAll(keys.Select((location, index) => Task.Run(
            async () =>
            {
                for (var round = 0; round < 20; round++)
                {
                    await StoreAsync(location, $"shared {round % 3}");
                    if ((round + index) % 2 == 0)
                    {
                        await driver.DeleteAsync(location, Cancelled);
                        await StoreAsync(location, $"shared {(round + 1) % 3}");
                    }

                    Assert.StartsWith("shared", await ReadTextAsync(location), StringComparison.Ordinal);
                }
            },
            Cancelled)));

        Assert.Empty(FilesIn("unsettled"));
        Assert.Equal(FilesIn("uses").Select(UsedDigest).Distinct().Order(), FilesIn("sha256").Select(path => Path.GetFileName(path)!).Order());
    }

    private static string UsedDigest(string use) => Path.GetFileName(use).Split('-')[0];

    private static ArtifactLocation At(string key) =>
        new("default", new() { ["embedded"] = new System.Text.Json.Nodes.JsonObject { ["key"] = key } });

    private EmbeddedArtifactDriver Reopened() => new(folder.FullName);

    private string[] FilesIn(string part) => Directory.GetFiles(Path.Combine(folder.FullName, part), "*", SearchOption.AllDirectories);
}
