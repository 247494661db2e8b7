using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Grpc.Core;
using Grpc.Net.Compression;

namespace Grpc.Wire;

/// <summary>A message ready to be sent: one byte that says whether it is compressed, its length in four, and the message itself.</summary>
internal sealed class MessageFrame : SerializationContext, IDisposable
{
    public const int HeaderLength = 5;

    private readonly PooledBuffer bytes = new(256);
    private readonly int? limit;

    private MessageFrame(int? limit)
    {
        this.limit = limit;
        Reserve();
    }

    public ReadOnlyMemory<byte> Bytes => bytes.WrittenMemory;

    private int PayloadLength => bytes.Length - HeaderLength;

    /// <param name="message">What to send.</param>
    /// <param name="marshaller">Makes it bytes.</param>
    /// <param name="limit">The most bytes it may have before compression, if there is a limit.</param>
    /// <param name="compression">None: as it is.</param>
    /// <param name="level">None: as the compression's own default.</param>
    /// <exception cref="RpcException">ResourceExhausted: more than the limit.</exception>
    public static MessageFrame Of<T>(T message, Marshaller<T> marshaller, int? limit, ICompressionProvider? compression, CompressionLevel? level)
    {
        var frame = new MessageFrame(limit);
        try
        {
            marshaller.ContextualSerializer(message, frame);
            frame.Check(frame.PayloadLength);
            frame.Seal(compression, level);
            return frame;
        }
        catch
        {
            frame.Dispose();
            throw;
        }
    }

    public override void SetPayloadLength(int payloadLength)
    {
        Check(payloadLength);
        bytes.Reserve(payloadLength);
    }

    public override IBufferWriter<byte> GetBufferWriter() => bytes;

    public override void Complete()
    {
    }

    public override void Complete(byte[] payload)
    {
        Check(payload.Length);
        bytes.Write(payload);
    }

    public void Dispose() => bytes.Dispose();

    private void Reserve()
    {
        bytes.Reserve(HeaderLength);
        bytes.Advance(HeaderLength);
    }

    private void Check(int length)
    {
        if (length > limit)
        {
            throw new RpcException(new Status(StatusCode.ResourceExhausted, "Sending message exceeds the maximum configured message size."));
        }
    }

    private void Seal(ICompressionProvider? compression, CompressionLevel? level)
    {
        // Of nothing, GZipStream makes nothing, which is no gzip.
        var compresses = compression is not null && PayloadLength > 0;
        if (compresses)
        {
            using var compressed = new MemoryStream();
            using (var compressor = compression!.CreateCompressionStream(compressed, level))
            {
                compressor.Write(bytes.Written[HeaderLength..]);
            }

            bytes.Clear();
            Reserve();
            bytes.Write(compressed.GetBuffer().AsSpan(0, (int)compressed.Length));
        }

        bytes.Written[0] = compresses ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.Written[1..], (uint)PayloadLength);
    }
}
