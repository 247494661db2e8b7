using Argosy.Contracts.Agents;
using Grpc.Core;

namespace Argosy.ControlPlane.Dispatch;

/// <summary>The bytes of an artifact as they arrive, one message of them in memory at a time.</summary>
internal sealed class StorePartStream(IAsyncStreamReader<StorePart> parts) : Stream
{
    private ReadOnlyMemory<byte> left;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (left.IsEmpty)
        {
            if (!await NextAsync(cancellationToken))
            {
                return 0;
            }

            left = parts.Current.BodyCase == StorePart.BodyOneofCase.Data
                ? parts.Current.Data.Memory
                : throw new RpcException(new Status(StatusCode.InvalidArgument, "parts after the first must be bytes"));
        }

        var count = Math.Min(buffer.Length, left.Length);
        left[..count].CopyTo(buffer);
        left = left[count..];
        return count;
    }

    // An agent that breaks off is no trouble of the store, which IOException would say it is.
    private async Task<bool> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await parts.MoveNext(cancellationToken);
        }
        catch (IOException gone)
        {
            throw new RpcException(new Status(StatusCode.Cancelled, gone.Message));
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("bytes that travel are read asynchronously");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
