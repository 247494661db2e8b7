using System.Buffers;
using Amazon.S3;
using Amazon.S3.Model;

namespace Argosy.ControlPlane.Artifacts;

/// <summary>
/// Sends a stream of unknown length to one S3 object: at once if it fits into one part, else part by part, of which one is in memory at
/// a time. The object appears when all of it is there.
/// </summary>
internal sealed class S3Upload(IAmazonS3 client, string bucket, string key)
{
    // S3 takes 10,000 parts of at least 5 MiB. Parts double after each 1,000, so that its largest object (5 TiB) fits, and small
    // objects need little memory.
    private const int FirstPartBytes = 8 * 1024 * 1024;
    private const int PartsPerSize = 1_000;

    public async Task SendAsync(Stream content, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstPartBytes);
        try
        {
            var read = await content.ReadAtLeastAsync(
                buffer.AsMemory(0, FirstPartBytes), FirstPartBytes, throwOnEndOfStream: false, cancellationToken);
            if (read < FirstPartBytes)
            {
                await SendWholeAsync(new MemoryStream(buffer, 0, read, writable: false), cancellationToken);
            }
            else
            {
                await SendPartsAsync(buffer, content, cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task SendWholeAsync(MemoryStream content, CancellationToken cancellationToken) =>
        await client.PutObjectAsync(
            new PutObjectRequest { BucketName = bucket, Key = key, InputStream = content, UseChunkEncoding = false }, cancellationToken);

    private async Task SendPartsAsync(byte[] first, Stream content, CancellationToken cancellationToken)
    {
        var begun = await client.InitiateMultipartUploadAsync(
            new InitiateMultipartUploadRequest { BucketName = bucket, Key = key }, cancellationToken);
        try
        {
            var parts = new List<PartETag> { await SendPartAsync(begun.UploadId, 1, first, FirstPartBytes, cancellationToken) };
            while (true)
            {
                var size = PartSize(parts.Count + 1);
                var buffer = ArrayPool<byte>.Shared.Rent(size);
                try
                {
                    var read = await content.ReadAtLeastAsync(buffer.AsMemory(0, size), size, throwOnEndOfStream: false, cancellationToken);
                    if (read > 0)
                    {
                        parts.Add(await SendPartAsync(begun.UploadId, parts.Count + 1, buffer, read, cancellationToken));
                    }

                    if (read < size)
                    {
                        break;
                    }
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            }

            await client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest { BucketName = bucket, Key = key, UploadId = begun.UploadId, PartETags = parts },
                cancellationToken);
        }
        catch
        {
            await AbandonAsync(begun.UploadId);
            throw;
        }
    }

    private async Task<PartETag> SendPartAsync(string upload, int number, byte[] buffer, int count, CancellationToken cancellationToken)
    {
        var sent = await client.UploadPartAsync(
            new UploadPartRequest
            {
                BucketName = bucket,
                Key = key,
                UploadId = upload,
                PartNumber = number,
                PartSize = count,
                InputStream = new MemoryStream(buffer, 0, count, writable: false),
                UseChunkEncoding = false,
            },
            cancellationToken);
        return new PartETag(number, sent.ETag);
    }

    // Parts of an upload that never ends are kept, and paid for; the error that ended it matters more than one from here.
    private async Task AbandonAsync(string upload)
    {
        try
        {
            await client.AbortMultipartUploadAsync(
                new AbortMultipartUploadRequest { BucketName = bucket, Key = key, UploadId = upload }, CancellationToken.None);
        }
        catch (AmazonS3Exception)
        {
        }
    }

    private static int PartSize(int number) => FirstPartBytes << ((number - 1) / PartsPerSize);
}
