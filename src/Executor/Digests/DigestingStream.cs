using Argosy.Packing;

namespace Argosy.Executor.Digests;

/// <summary>Reads through another stream and knows the sha256 of what went by.</summary>
internal sealed class DigestingStream(Stream inner) : ReadOnlyStream
{
    private readonly Sha256 _hash = new();

    /// <summary>Reads what is left and answers the digest of the whole, in lower-case hex.</summary>
    public async Task<string> FinishAsync(CancellationToken cancellationToken)
    {
        await CopyToAsync(Null, cancellationToken);
        return _hash.Finish();
    }

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        _hash.Append(buffer[..read]);
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        _hash.Append(buffer.Span[..read]);
        return read;
    }
}
