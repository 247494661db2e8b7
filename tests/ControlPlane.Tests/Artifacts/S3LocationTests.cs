using System.Text.Json.Nodes;
using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Artifacts;

namespace Argosy.ControlPlane.Tests.Artifacts;

public sealed class S3LocationTests
{
    private static readonly GivenSecrets Secrets = new()
    {
        ["team/s3/access"] = "A",
        ["team/s3/secret"] = "S",
        ["team/s3/session"] = "T",
    };

    private const string Credentials =
        """ "accessKeySecret": {"name": "s3", "key": "access"}, "secretKeySecret": {"name": "s3", "key": "secret"} """;

    [Fact]
    public async Task Credentials_NamedBySecrets_AreReadInTheWorkflowsNamespace()
    {
        var location = await ReadAsync(
            $$"""{"bucket": "b", "key": "k", "region": "eu-north-1", "sessionTokenSecret": {"name": "s3", "key": "session"}, {{Credentials}}}""");

        Assert.Equal(new S3Connection(null, "eu-north-1", false, false, new S3Credentials("A", "S", "T")), location.Connection);
    }

    [Theory]
    [InlineData("minio:9000", null, "minio:9000", true)]
    [InlineData("minio:9000", "virtual-hosted", "minio:9000", false)]
    [InlineData("s3.amazonaws.com", null, null, false)]
    [InlineData("s3.amazonaws.com", "path", null, true)]
    public async Task AddressingStyle_ByEndpoint_IsPathUnlessAws(string endpoint, string? style, string? expected, bool pathStyle)
    {
        var location = await ReadAsync(
            $$"""{"endpoint": "{{endpoint}}", "addressingStyle": "{{style}}", "bucket": "b", "key": "k", "useSDKCreds": true}""");

        Assert.Equal(new S3Connection(expected, null, false, pathStyle, null), location.Connection);
    }

    [Theory]
    [InlineData("""{"key": "k", "useSDKCreds": true}""", "s3.bucket is required")]
    [InlineData("""{"bucket": "b", "useSDKCreds": true}""", "s3.key is required")]
    [InlineData("""{"bucket": "b", "key": "k"}""", "s3 needs accessKeySecret and secretKeySecret, or useSDKCreds: true")]
    [InlineData("""{"bucket": 7, "key": "k", "useSDKCreds": true}""", "s3.bucket has to be text")]
    [InlineData("""{"bucket": "b", "key": "k", "useSDKCreds": true, "insecure": "yes"}""", "s3.insecure has to be true or false")]
    [InlineData("""{"bucket": "b", "key": "k", "useSDKCreds": true, "roleARN": "r"}""", "s3.roleARN is not supported by this hub")]
    [InlineData(
        """{"bucket": "b", "key": "k", "accessKeySecret": {"name": "s3", "key": "gone"}}""",
        "s3.accessKeySecret names key 'gone' of secret 's3', which namespace 'team' does not have")]
    public async Task BadLocation_Read_SaysWhichField(string json, string message)
    {
        var refused = await Assert.ThrowsAsync<ArtifactLocationException>(() => ReadAsync(json));

        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Credentials_Printed_HideTheirSecret() =>
        Assert.DoesNotContain("hidden", new S3Credentials("A", "hidden", "hidden").ToString(), StringComparison.Ordinal);

    private static Task<S3Location> ReadAsync(string json) =>
        S3Location.ReadAsync(
            new ArtifactLocation("team", new JsonObject { ["s3"] = JsonNode.Parse(json) }), Secrets, TestContext.Current.CancellationToken);
}
