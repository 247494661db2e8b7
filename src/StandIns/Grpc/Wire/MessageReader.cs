using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Grpc.Core;
using Grpc.Net.Compression;

namespace Grpc.Wire;

/// <summary>
/// The messages of one direction of a call as they arrive. Holds no more of them than one message, and of that no more than has arrived:
/// a length that a peer only claims costs nothing.
/// </summary>
/// <param name="body">Where the bytes come from.</param>
/// <param name="limit">The most bytes a message may have, compressed or not, if there is a limit.</param>
/// <param name="encodings">What this side can decompress.</param>
/// <param name="encoding">What the peer says it compresses with.</param>
/// <param name="unknownEncoding">The status for an encoding that is not among them: it differs between client and server.</param>
internal sealed class MessageReader(PipeReader body, int? limit, Encodings encodings, string? encoding, StatusCode unknownEncoding)
{
    /// <summary>The next message; none if the peer has sent its last.</summary>
    /// <exception cref="RpcException">The peer does not keep to the protocol or to the limit.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<T?> ReadAsync<T>(Func<DeserializationContext, T> deserializer, CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            var arrived = await body.ReadAsync(cancellationToken).ConfigureAwait(false);
            var consumed = arrived.Buffer.Start;
            var examined = arrived.Buffer.End;
            try
            {
                if (Measure(arrived.Buffer) is var (length, compressed) && arrived.Buffer.Length >= MessageFrame.HeaderLength + length)
                {
                    var payload = arrived.Buffer.Slice(MessageFrame.HeaderLength, length);
                    consumed = examined = payload.End;
                    return Deserialize(compressed, payload, deserializer);
                }

                if (arrived.IsCompleted)
                {
                    return arrived.Buffer.IsEmpty ? null : throw Broken("Incomplete message.");
                }
            }
            finally
            {
                body.AdvanceTo(consumed, examined);
            }
        }
    }

    /// <summary>The only message of a side that sends one.</summary>
    public async ValueTask<T?> ReadSingleAsync<T>(Func<DeserializationContext, T> deserializer, CancellationToken cancellationToken)
        where T : class
    {
        var message = await ReadAsync(deserializer, cancellationToken).ConfigureAwait(false);
        if (message is not null && await ReadAsync(static _ => "", cancellationToken).ConfigureAwait(false) is not null)
        {
            throw Broken("Additional data after the message received.");
        }

        return message;
    }

    private static RpcException Broken(string detail, Exception? cause = null) => new(new Status(StatusCode.Internal, detail, cause));

    private (int Length, bool Compressed)? Measure(ReadOnlySequence<byte> arrived)
    {
        if (arrived.Length < MessageFrame.HeaderLength)
        {
            return null;
        }

        Span<byte> header = stackalloc byte[MessageFrame.HeaderLength];
        arrived.Slice(0, MessageFrame.HeaderLength).CopyTo(header);
        if (header[0] > 1)
        {
            throw Broken("Unexpected compressed flag value in message header.");
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (length > (limit ?? Array.MaxLength))
        {
            throw TooLarge();
        }

        return ((int)length, header[0] == 1);
    }

    private T Deserialize<T>(bool compressed, ReadOnlySequence<byte> payload, Func<DeserializationContext, T> deserializer)
    {
        using var plain = compressed ? Decompress(payload) : null;
        try
        {
            return deserializer(new MessagePayload(plain is null ? payload : new ReadOnlySequence<byte>(plain.WrittenMemory)));
        }
        catch (Exception problem) when (problem is not RpcException)
        {
            throw Broken("The message cannot be deserialized.", problem);
        }
    }

    private PooledBuffer Decompress(ReadOnlySequence<byte> payload)
    {
        if (encoding is null or Encodings.Identity)
        {
            throw Broken("A compressed message came without a grpc-encoding that says how.");
        }

        var compression = encodings.Find(encoding)
            ?? throw new RpcException(new Status(
                unknownEncoding, $"Unsupported grpc-encoding value '{encoding}'. Supported encodings: {encodings.Accepted}"));
        var plain = new PooledBuffer((int)Math.Max(payload.Length, 1024));
        try
        {
            Decompress(payload, compression, plain);
            return plain;
        }
        catch
        {
            plain.Dispose();
            throw;
        }
    }

    // Stops at the limit, however much a small message swells to.
    private void Decompress(ReadOnlySequence<byte> payload, ICompressionProvider compression, PooledBuffer plain)
    {
        try
        {
            using var stream = compression.CreateDecompressionStream(PipeReader.Create(payload).AsStream());
            for (int count; (count = stream.Read(plain.GetSpan(1024))) > 0;)
            {
                plain.Advance(count);
                if (plain.Length > limit)
                {
                    throw TooLarge();
                }
            }
        }
        catch (InvalidDataException problem)
        {
            throw Broken("The message cannot be decompressed.", problem);
        }
    }

    private static RpcException TooLarge() =>
        new(new Status(StatusCode.ResourceExhausted, "Received message exceeds the maximum configured message size."));

    private sealed class MessagePayload(ReadOnlySequence<byte> payload) : DeserializationContext
    {
        public override int PayloadLength => (int)payload.Length;

        public override byte[] PayloadAsNewBuffer() => payload.ToArray();

        public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => payload;
    }
}
