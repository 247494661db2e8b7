using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Argosy.Contracts.Agents;

namespace Argosy.ControlPlane.Artifacts;

/// <summary>How to reach one S3 service; equal connections share a client.</summary>
/// <param name="Endpoint">Host with optional port; null for AWS itself.</param>
/// <param name="Credentials">Null to use what the AWS SDK finds around the hub.</param>
internal sealed record S3Connection(string? Endpoint, string? Region, bool Insecure, bool PathStyle, S3Credentials? Credentials)
{
    private const string DefaultRegion = "us-east-1";

    public AmazonS3Client Open()
    {
        var config = new AmazonS3Config
        {
            // Services that only speak S3's older dialect reject the checksums newer SDKs add; the hub has its own digest.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            ForcePathStyle = PathStyle,
        };
        if (Endpoint is null)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(Region ?? DefaultRegion);
        }
        else
        {
            config.ServiceURL = $"{(Insecure ? "http" : "https")}://{Endpoint}";
            config.AuthenticationRegion = Region ?? DefaultRegion;
        }

        return Credentials is { } known ? new AmazonS3Client(known.ForSdk(), config) : new AmazonS3Client(config);
    }
}

internal sealed record S3Credentials(string AccessKey, string SecretKey, string? SessionToken)
{
    public AWSCredentials ForSdk() =>
        SessionToken is null ? new BasicAWSCredentials(AccessKey, SecretKey) : new SessionAWSCredentials(AccessKey, SecretKey, SessionToken);

    /// <summary>Nothing secret, whoever prints it.</summary>
    public override string ToString() => $"credentials of {AccessKey}";
}

/// <summary>One object in S3, as an artifact location's <c>s3</c> field names it.</summary>
internal sealed record S3Location(S3Connection Connection, string Bucket, string Key, bool CreateBucket, bool LockObjects)
{
    public static async Task<S3Location> ReadAsync(
        ArtifactLocation location, ISecretReader secrets, CancellationToken cancellationToken, bool isFolder = false)
    {
        var fields = LocationFields.Of(location, "s3");
        fields.Refuse("roleARN", "caSecret", "encryptionOptions");
        var endpoint = fields.Text("endpoint") is { } host && !host.EndsWith("amazonaws.com", StringComparison.Ordinal) ? host : null;
        var pathStyle = fields.Text("addressingStyle") switch
        {
            null or "auto" => endpoint is not null,
            "path" => true,
            "virtual-hosted" => false,
            var other => throw new ArtifactLocationException($"s3.addressingStyle has to be path, virtual-hosted or auto, but is '{other}'"),
        };
        var connection = new S3Connection(
            endpoint, fields.Text("region"), fields.Flag("insecure"), pathStyle, await CredentialsAsync(fields, secrets, cancellationToken));
        var createBucket = fields.Object("createBucketIfNotPresent");
        return new S3Location(
            connection,
            fields.RequiredText("bucket"),
            isFolder ? fields.Text("key") ?? "" : fields.RequiredText("key"),
            createBucket is not null,
            createBucket?.Flag("objectLocking") ?? false);
    }

    public override string ToString() => $"s3://{Bucket}/{Key}";

    private static async Task<S3Credentials?> CredentialsAsync(
        LocationFields fields, ISecretReader secrets, CancellationToken cancellationToken)
    {
        var accessKey = await fields.SecretAsync("accessKeySecret", secrets, cancellationToken);
        var secretKey = await fields.SecretAsync("secretKeySecret", secrets, cancellationToken);
        if (fields.Flag("useSDKCreds"))
        {
            return null;
        }

        return accessKey is not null && secretKey is not null
            ? new S3Credentials(accessKey, secretKey, await fields.SecretAsync("sessionTokenSecret", secrets, cancellationToken))
            : throw new ArtifactLocationException("s3 needs accessKeySecret and secretKeySecret, or useSDKCreds: true");
    }
}
