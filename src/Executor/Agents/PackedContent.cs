using System.Net;
using System.Runtime.ExceptionServices;
using Argosy.Executor.Digests;

namespace Argosy.Executor.Agents;

/// <summary>The body of an upload that is made while it is sent, and measured; nothing of it is kept. Every try makes it anew.</summary>
internal sealed class PackedContent(Func<Stream, CancellationToken, Task> pack) : HttpContent
{
    private Exception? _packingFailed;
    private Action _onProgress = () => { };

    /// <summary>sha256 of what was sent, in lower-case hex.</summary>
    public string Digest { get; private set; } = "";

    public long Size { get; private set; }

    /// <summary>Names what is to be called whenever some of it was sent.</summary>
    public void OnProgress(Action progressed) => _onProgress = progressed;

    /// <summary>A file that cannot be packed is no fault of the agent's.</summary>
    public void ThrowIfPackingFailed()
    {
        if (_packingFailed is not null)
        {
            ExceptionDispatchInfo.Throw(_packingFailed);
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var hash = new Sha256();
        var sent = new MeasuringStream(stream, hash, _onProgress);
        try
        {
            await pack(sent, cancellationToken);
        }
        catch (Exception failure) when (!sent.Broken && failure is not OperationCanceledException)
        {
            _packingFailed = failure;
            throw new HttpRequestException($"packing failed: {failure.Message}", failure);
        }

        Digest = hash.Finish();
        Size = sent.Size;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    /// <summary>Passes bytes on and remembers whether it was the receiver that failed.</summary>
    private sealed class MeasuringStream(Stream inner, Sha256 hash, Action progressed) : Stream
    {
        public bool Broken { get; private set; }

        public long Size { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Measure(buffer.Span);
            try
            {
                await inner.WriteAsync(buffer, cancellationToken);
                progressed();
            }
            catch
            {
                Broken = true;
                throw;
            }
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Measure(buffer);
            try
            {
                inner.Write(buffer);
                progressed();
            }
            catch
            {
                Broken = true;
                throw;
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        private void Measure(ReadOnlySpan<byte> buffer)
        {
            hash.Append(buffer);
            Size += buffer.Length;
        }
    }
}
