using System.Security.Cryptography;
using Argosy.Contracts.Agents;

namespace Argosy.ControlPlane.Artifacts;

/// <summary>
/// Passes a stream's bytes on, measures their sha256 and size on the way, and throws at their end where they are not the expected ones.
/// </summary>
internal sealed class MeasuredStream(Stream source, string? expectedDigest, string where) : Stream
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private string? digest;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The bytes passed so far.</summary>
    public long Size { get; private set; }

    /// <summary>sha256 of all bytes, lower-case hex; known once the end was read.</summary>
    public string Digest => digest ?? throw new InvalidOperationException($"{where}: the content was not read to its end");

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await source.ReadAsync(buffer, cancellationToken);
        Measure(buffer.Span[..read], atEnd: read == 0 && buffer.Length > 0);
        return read;
    }

    public override int Read(Span<byte> buffer)
    {
        var read = source.Read(buffer);
        Measure(buffer[..read], atEnd: read == 0 && buffer.Length > 0);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            hash.Dispose();
            source.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Measure(ReadOnlySpan<byte> bytes, bool atEnd)
    {
        if (digest is null)
        {
            hash.AppendData(bytes);
            Size += bytes.Length;
            digest = atEnd ? Convert.ToHexStringLower(hash.GetHashAndReset()) : null;
        }

        if (atEnd && !string.IsNullOrEmpty(expectedDigest) && digest != expectedDigest)
        {
            throw new ArtifactDigestException(expectedDigest, Digest, where);
        }
    }
}
