using System.Security.Cryptography;
using System.Text;
using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Artifacts;
using Microsoft.Extensions.DependencyInjection;

namespace Argosy.ControlPlane.Tests.Artifacts;

public sealed class ArtifactStoreTests : IAsyncDisposable
{
    private const string Embedded = """{"embedded": {"key": "wf/model.tgz"}}""";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("argosy-artifacts-");
    private readonly ServiceProvider services;
    private readonly IArtifacts artifacts;

    public ArtifactStoreTests()
    {
        services = new ServiceCollection().AddSingleton<ISecretReader>(new GivenSecrets()).AddArtifacts(folder.FullName).BuildServiceProvider();
        artifacts = services.GetRequiredService<IArtifacts>();
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Content_Stored_IsMeasured()
    {
        var stored = await StoreAsync("weights");

        Assert.Equal(new StoredArtifact { Name = "model", LocationJson = Embedded, Digest = Digest("weights"), Size = 7 }, stored);
    }

    [Fact]
    public async Task ContentAndDigest_ThatBelongTogether_AreRead()
    {
        var stored = await StoreAsync("weights");

        Assert.Equal("weights", await ReadAsync(Embedded, stored.Digest));
    }

    [Fact]
    public async Task ContentChangedInTheStore_Read_FailsAtItsEnd()
    {
        var stored = await StoreAsync("weights");
        File.WriteAllText(Assert.Single(Directory.GetFiles(Path.Combine(folder.FullName, "artifacts", "sha256"), "*", SearchOption.AllDirectories)), "Weights");

        var wrong = await Assert.ThrowsAsync<ArtifactDigestException>(() => ReadAsync(Embedded, stored.Digest));

        Assert.Equal((Digest("weights"), Digest("Weights")), (wrong.Expected, wrong.Actual));
        Assert.Contains("wf/model.tgz", wrong.Where, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ContentOfAnotherDigest_Stored_IsRefusedAndNotKept()
    {
        await Assert.ThrowsAsync<ArtifactDigestException>(() => StoreAsync("weights", Digest("other")));

        await Assert.ThrowsAsync<ArtifactMissingException>(() => ReadAsync(Embedded));
    }

    [Theory]
    [InlineData("""{"raw": {"data": "5.1,3.5,setosa\n"}}""", "5.1,3.5,setosa\n")]
    [InlineData("""{"name": "data", "archive": {"none": {}}, "raw": {"data": ""}}""", "")]
    public async Task RawData_Opened_IsTheManifestsText(string location, string expected) =>
        Assert.Equal(expected, await ReadAsync(location));

    [Theory]
    [InlineData("""{"gcs": {"bucket": "b"}}""", "artifact 'model' is in gcs, which this hub does not know: known are embedded, http, raw, s3")]
    [InlineData("""{"archive": {"none": {}}}""", "artifact 'model' names no storage: known are embedded, http, raw, s3")]
    [InlineData("[]", "artifact 'model' has a location that is no object")]
    [InlineData("{", "artifact 'model' has a location that is no JSON")]
    [InlineData("""{"raw": 7}""", "raw has to be an object")]
    [InlineData("""{"embedded": {}}""", "embedded.key is required")]
    public async Task LocationThatCannotBeUsed_Opened_SaysWhy(string location, string message)
    {
        var refused = await Assert.ThrowsAsync<ArtifactLocationException>(() => ReadAsync(location));

        Assert.StartsWith(message, refused.Message, StringComparison.Ordinal);
    }

    private static string Digest(string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));

    private static ArtifactTransfer Transfer(string location, string digest) =>
        new() { Name = "model", LocationJson = location, Digest = digest };

    private Task<StoredArtifact> StoreAsync(string content, string digest = "") => artifacts.StoreAsync(
        "default", Transfer(Embedded, digest), new MemoryStream(Encoding.UTF8.GetBytes(content)), TestContext.Current.CancellationToken);

    private async Task<string> ReadAsync(string location, string digest = "")
    {
        await using var content = await artifacts.OpenAsync("default", Transfer(location, digest), TestContext.Current.CancellationToken);
        return await new StreamReader(content).ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
