using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Artifacts;

namespace Argosy.ControlPlane.Tests.Artifacts;

public sealed class S3ArtifactDriverTests(S3Server server) : ArtifactDriverContract, IClassFixture<S3Server>, IDisposable
{
    private readonly S3ArtifactDriver driver = new(new GivenSecrets
    {
        ["default/s3/access"] = S3Server.AccessKey,
        ["default/s3/secret"] = S3Server.SecretKey,
    });

    private protected override IArtifactDriver Driver => driver;

    private protected override ArtifactLocation NewLocation() => At($"train/{Guid.NewGuid()}/model of ü+1.tgz");

    public void Dispose() => driver.Dispose();

    [Fact]
    public async Task Object_Deleted_IsMissing()
    {
        var location = NewLocation();
        await StoreAsync(location, "content");

        await driver.DeleteAsync(location, Cancelled);

        await Assert.ThrowsAsync<ArtifactMissingException>(() => driver.OpenAsync(location, Cancelled));
    }

    [Fact]
    public async Task BucketThatIsNotThere_Opened_IsMissing() =>
        await Assert.ThrowsAsync<ArtifactMissingException>(() => driver.OpenAsync(At("key", bucket: "never-created"), Cancelled));

    [Fact]
    public async Task WrongCredentials_Storing_AreRefusedForGood()
    {
        using var stranger = new S3ArtifactDriver(new GivenSecrets { ["default/s3/access"] = "nobody", ["default/s3/secret"] = "wrong" });

        var refused = await Assert.ThrowsAsync<ArtifactLocationException>(() => stranger.StoreAsync(At("key"), new OneWay([1]), Cancelled));

        Assert.Contains("Forbidden", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public Task Folder_Listed_TellsWhatLiesBelowIt() => ListingTellsWhatLiesBelowAKey(key => At(key));

    private ArtifactLocation At(string key, string bucket = "artifacts") => Location(
        $$"""
        {"s3": {"endpoint": "{{server.RequireEndpoint()}}", "insecure": true, "bucket": "{{bucket}}", "key": "{{key}}",
          "createBucketIfNotPresent": {},
          "accessKeySecret": {"name": "s3", "key": "access"}, "secretKeySecret": {"name": "s3", "key": "secret"} } }
        """);
}
