using System.Net;
using System.Net.Http.Headers;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>The one request of a call.</summary>
internal sealed class SingleRequestContent : HttpContent
{
    private static readonly MediaTypeHeaderValue ContentType = new(GrpcContentType.Name);

    private readonly MessageFrame frame;

    public SingleRequestContent(MessageFrame frame)
    {
        this.frame = frame;
        Headers.ContentType = ContentType;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        stream.WriteAsync(frame.Bytes, cancellationToken).AsTask();

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}

/// <summary>The requests of a call: hands out the stream to write them to, and ends it when told.</summary>
internal sealed class RequestStreamContent : HttpContent
{
    private static readonly MediaTypeHeaderValue ContentType = new(GrpcContentType.Name);

    private readonly TaskCompletionSource<Stream> opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Continues within Complete(), so that the end of the stream is on its way before a caller can dispose the call, which would reset it.
    private readonly TaskCompletionSource completed = new();

    public RequestStreamContent() => Headers.ContentType = ContentType;

    /// <summary>The stream; cancelled if the call ended before there was one.</summary>
    public Task<Stream> Opened => opened.Task;

    public void Complete() => completed.TrySetResult();

    /// <summary>
    /// The call has ended: nobody needs to wait for a stream any more. One that was not complete is broken off: the server must not take
    /// what it has for all there is.
    /// </summary>
    public void Abandon()
    {
        opened.TrySetCanceled();
        completed.TrySetCanceled();
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // The server shall see the call now, not with its first message.
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        if (!opened.TrySetResult(stream))
        {
            // HttpClient tries another connection, but messages may have gone to the first one.
            throw new IOException("The connection was lost before the server took the call.");
        }

        await completed.Task.ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
