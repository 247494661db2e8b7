using System.Collections.Concurrent;
using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Argosy.Contracts.Agents;

namespace Argosy.ControlPlane.Artifacts;

/// <summary>Artifacts in S3 and what speaks like it.</summary>
internal sealed class S3ArtifactDriver(ISecretReader secrets) : IArtifactDriver, IDisposable
{
    private readonly ConcurrentDictionary<S3Connection, AmazonS3Client> clients = new();

    public string Field => "s3";

    public string KeyField => "key";

    public void Dispose()
    {
        foreach (var client in clients.Values)
        {
            client.Dispose();
        }
    }

    public async Task<Stream> OpenAsync(ArtifactLocation location, CancellationToken cancellationToken)
    {
        var (client, target) = await ReachAsync(location, cancellationToken);
        try
        {
            var found = await client.GetObjectAsync(target.Bucket, target.Key, cancellationToken);
            return found.ResponseStream;
        }
        catch (AmazonServiceException missing) when (missing.StatusCode == HttpStatusCode.NotFound)
        {
            // Any service exception: some services spell the answer so that the SDK cannot read it, and then it is no S3 exception.
            throw new ArtifactMissingException($"nothing is at {target}: {missing.Message}");
        }
        catch (AmazonServiceException refused) when (IsFinal(refused))
        {
            throw Refused(target, refused);
        }
    }

    public async Task StoreAsync(ArtifactLocation location, Stream content, CancellationToken cancellationToken)
    {
        var (client, target) = await ReachAsync(location, cancellationToken);
        try
        {
            if (target.CreateBucket)
            {
                await EnsureBucketAsync(client, target, cancellationToken);
            }

            await new S3Upload(client, target.Bucket, target.Key).SendAsync(content, cancellationToken);
        }
        catch (AmazonServiceException refused) when (IsFinal(refused))
        {
            throw Refused(target, refused);
        }
    }

    public async Task DeleteAsync(ArtifactLocation location, CancellationToken cancellationToken)
    {
        var (client, target) = await ReachAsync(location, cancellationToken);
        await client.DeleteObjectAsync(target.Bucket, target.Key, cancellationToken);
    }

    public async Task<IReadOnlyList<string>?> ListAsync(ArtifactLocation folder, CancellationToken cancellationToken)
    {
        var (client, target) = await ReachAsync(folder, cancellationToken, isFolder: true);
        var prefix = target.Key.TrimEnd('/') is { Length: > 0 } key ? key + "/" : "";
        List<string> files = [];
        string? next = null;
        do
        {
            var page = await client.ListObjectsV2Async(
                new ListObjectsV2Request { BucketName = target.Bucket, Prefix = prefix, ContinuationToken = next }, cancellationToken);
            files.AddRange((page.S3Objects ?? []).Select(found => found.Key[prefix.Length..]).Where(file => file.Length > 0 && !file.EndsWith('/')));
            next = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (next is not null);
        files.Sort(StringComparer.Ordinal); // not every service that speaks S3 keeps its order
        return files;
    }

    /// <summary>No bucket, no right, no such key: whoever asks again hears it again.</summary>
    private static bool IsFinal(AmazonServiceException failure) =>
        (int)failure.StatusCode is >= 400 and < 500 and not (408 or 409 or 429);

    private static ArtifactLocationException Refused(S3Location target, AmazonServiceException refusal) =>
        new($"{target} cannot be used: {refusal.Message}");

    private async Task<(AmazonS3Client Client, S3Location Target)> ReachAsync(
        ArtifactLocation location, CancellationToken cancellationToken, bool isFolder = false)
    {
        var target = await S3Location.ReadAsync(location, secrets, cancellationToken, isFolder);
        return (clients.GetOrAdd(target.Connection, connection => connection.Open()), target);
    }

    // Looking first matters: who may write into a bucket may often not create one.
    private static async Task EnsureBucketAsync(AmazonS3Client client, S3Location target, CancellationToken cancellationToken)
    {
        try
        {
            await client.HeadBucketAsync(new HeadBucketRequest { BucketName = target.Bucket }, cancellationToken);
        }
        catch (AmazonS3Exception missing) when (missing.StatusCode == HttpStatusCode.NotFound)
        {
            await CreateBucketAsync(client, target, cancellationToken);
        }
    }

    private static async Task CreateBucketAsync(AmazonS3Client client, S3Location target, CancellationToken cancellationToken)
    {
        try
        {
            await client.PutBucketAsync(
                new PutBucketRequest { BucketName = target.Bucket, ObjectLockEnabledForBucket = target.LockObjects }, cancellationToken);
        }
        catch (AmazonS3Exception raced) when (raced.StatusCode == HttpStatusCode.Conflict)
        {
            // Someone created it meanwhile; if it is not ours to write to, the upload says so.
        }
    }
}
