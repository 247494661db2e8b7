using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Artifacts;

namespace Argosy.ControlPlane.Tests.Artifacts;

/// <summary>What every driver that can store keeps to. One class derives per driver.</summary>
public abstract class ArtifactDriverContract
{
    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private protected abstract IArtifactDriver Driver { get; }

    /// <summary>A place that nothing was stored at yet.</summary>
    private protected abstract ArtifactLocation NewLocation();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(70_000)]
    [InlineData(8 * 1024 * 1024)]
    [InlineData((2 * 8 * 1024 * 1024) + 12_345)]
    public async Task Content_StoredAndOpened_IsTheSame(int size)
    {
        var location = NewLocation();
        var content = RandomNumberGenerator.GetBytes(size);

        await Driver.StoreAsync(location, new OneWay(content), Cancelled);

        Assert.Equal(content, await ReadAsync(location));
    }

    [Fact]
    public async Task Content_StoredAgain_ReplacesTheOld()
    {
        var location = NewLocation();
        await StoreAsync(location, "old and longer");

        await StoreAsync(location, "new");

        Assert.Equal("new", await ReadTextAsync(location));
    }

    [Fact]
    public async Task Nothing_Opened_IsMissing() =>
        await Assert.ThrowsAsync<ArtifactMissingException>(() => Driver.OpenAsync(NewLocation(), Cancelled));

    [Theory]
    [InlineData(10)]
    [InlineData(20_000_000)]
    public async Task ContentThatBreaksOff_Stored_LeavesTheOld(int breaksAfter)
    {
        var location = NewLocation();
        await StoreAsync(location, "old");

        await Assert.ThrowsAnyAsync<Exception>(
            () => Driver.StoreAsync(location, new OneWay(new byte[breaksAfter], new TimeoutException()), Cancelled));

        Assert.Equal("old", await ReadTextAsync(location));
    }

    /// <summary>For drivers whose objects can lie below each other.</summary>
    private protected async Task ListingTellsWhatLiesBelowAKey(Func<string, ArtifactLocation> at)
    {
        var folder = $"folder-{Guid.NewGuid()}";
        foreach (var file in new[] { "b", "a/c", "a b" })
        {
            await StoreAsync(at($"{folder}/{file}"), file);
        }

        await StoreAsync(at(folder + "-beside/x"), "x");

        string[] below = ["a b", "a/c", "b"];
        Assert.Equal(below, await Driver.ListAsync(at(folder), Cancelled));
        Assert.Equal(below, await Driver.ListAsync(at(folder + "/"), Cancelled));
        Assert.Equal([], await Driver.ListAsync(at(folder + "/b"), Cancelled));

        await Driver.DeleteAsync(at($"{folder}/b"), Cancelled);
        await StoreAsync(at($"{folder}/z"), "z");
        Assert.Equal(["a b", "a/c", "z"], await Driver.ListAsync(at(folder), Cancelled));
    }

    private protected Task StoreAsync(ArtifactLocation location, string content) =>
        Driver.StoreAsync(location, new OneWay(Encoding.UTF8.GetBytes(content)), Cancelled);

    private protected async Task<string> ReadTextAsync(ArtifactLocation location) => Encoding.UTF8.GetString(await ReadAsync(location));

    private protected static ArtifactLocation Location(string json, string @namespace = "default") =>
        new(@namespace, JsonNode.Parse(json)!.AsObject());

    private async Task<byte[]> ReadAsync(ArtifactLocation location)
    {
        await using var stream = await Driver.OpenAsync(location, Cancelled);
        var content = new MemoryStream();
        await stream.CopyToAsync(content, Cancelled);
        return content.ToArray();
    }

    /// <summary>Content as it comes from an agent: of unknown length, read once, and perhaps ending in an error.</summary>
    private protected sealed class OneWay(byte[] content, Exception? end = null) : MemoryStream(content)
    {
        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken) =>
            end is null ? base.CopyToAsync(destination, bufferSize, cancellationToken) : throw end;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await base.ReadAsync(buffer, cancellationToken);
            return read > 0 || end is null ? read : throw end;
        }
    }
}
