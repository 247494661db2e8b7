using System.IO.Pipelines;
using System.Net;
using Grpc.Core;
using Grpc.Net.Compression;
using Grpc.Wire;

namespace Grpc.Net.Client;

internal sealed partial class ClientCall<TRequest, TResponse>
{
    private const string UserAgent = "argosy-grpc/1.0";

    private async Task RunAsync(HttpContent content, bool singleResponse)
    {
        awaitsSingleResponse = singleResponse;
        try
        {
            WatchForTheEnd();
            if (Ended is null)
            {
                answer = await channel.SendAsync(Request(content), abort.Token).ConfigureAwait(false);
                await ReceiveAsync(answer).ConfigureAwait(false);
            }

            answered.TrySetResult();
            if (singleResponse && Ended is null)
            {
                response = await responses!.ReadSingleAsync(method.ResponseMarshaller.ContextualDeserializer, abort.Token).ConfigureAwait(false);
                EndAsServerSays();
            }
        }
        catch (Exception problem)
        {
            End(TransportFailure.StatusOf(problem));
        }
        finally
        {
            answered.TrySetResult();
            if (Ended is not null)
            {
                Release();
            }
        }
    }

    private HttpRequestMessage Request(HttpContent content)
    {
        var request = channel.CreateRequest(method, content);
        request.Headers.Host = host;
        request.Headers.TryAddWithoutValidation("user-agent", UserAgent);
        request.Headers.TryAddWithoutValidation("te", "trailers");
        request.Headers.TryAddWithoutValidation(GrpcHeaderNames.AcceptEncoding, channel.Encodings.Accepted);
        if (compression is not null)
        {
            request.Headers.TryAddWithoutValidation(GrpcHeaderNames.Encoding, compression.EncodingName);
        }

        if (TimeLeft() is { } left)
        {
            request.Headers.TryAddWithoutValidation(GrpcHeaderNames.Timeout, GrpcTimeout.Format(left));
        }

        foreach (var entry in options.Headers ?? Metadata.Empty)
        {
            if (GrpcHeaderNames.IsMetadata(entry.Key))
            {
                request.Headers.TryAddWithoutValidation(entry.Key, MetadataHeaders.Encode(entry));
            }
        }

        return request;
    }

    private async Task ReceiveAsync(HttpResponseMessage answer)
    {
        headers = MetadataHeaders.Read(answer.Headers);
        var contentType = answer.Content.Headers.ContentType?.ToString();
        if (StatusHeaders.Read(answer.Headers) is { } status)
        {
            // Headers and trailers in one: there is nothing between them.
            End(new CallEnd(status, headers));
        }
        else if (answer.StatusCode != HttpStatusCode.OK)
        {
            End(new Status(TransportFailure.CodeOf(answer.StatusCode), $"Bad gRPC response. HTTP status code: {(int)answer.StatusCode}"));
        }
        else if (!GrpcContentType.Matches(contentType))
        {
            End(new Status(StatusCode.Cancelled, contentType is null
                ? "Bad gRPC response. Response did not have a content-type header."
                : $"Bad gRPC response. Invalid content-type value: {contentType}"));
        }
        else
        {
            var body = await answer.Content.ReadAsStreamAsync(abort.Token).ConfigureAwait(false);
            responses = new MessageReader(
                PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: 16 * 1024)),
                channel.MaxReceiveMessageSize,
                channel.Encodings,
                StatusHeaders.First(answer.Headers, GrpcHeaderNames.Encoding),
                unknownEncoding: StatusCode.Internal);
        }
    }

    private void EndAsServerSays()
    {
        var status = StatusHeaders.Read(answer!.TrailingHeaders) ?? new Status(StatusCode.Cancelled, "No grpc-status found on response.");
        if (status.StatusCode == StatusCode.OK && awaitsSingleResponse && response is null)
        {
            status = new Status(StatusCode.Internal, "The server ended the call with OK but without a response.");
        }

        End(new CallEnd(status, MetadataHeaders.Read(answer.TrailingHeaders)));
    }

    private void End(CallEnd end)
    {
        if (ended.TrySetResult(end))
        {
            Release();
        }
    }

    /// <summary>Stops everything that is still going on for an ended call. Harmless when repeated.</summary>
    private void Release()
    {
        deadline?.Dispose();
        callersToken.Unregister();
        channelsEnd.Unregister();
        requests?.Abandon();
        abort.Cancel();
        answer?.Dispose();
    }

    private void WatchForTheEnd()
    {
        if (TimeLeft() is { } left)
        {
            if (left <= TimeSpan.Zero)
            {
                EndByDeadline();
                return;
            }

            deadline = new DeadlineTimer(channel.Time, left, EndByDeadline);
        }

        callersToken = options.CancellationToken.UnsafeRegister(static call => ((ClientCall<TRequest, TResponse>)call!).Cancel(), this);
        channelsEnd = channel.Disposed.UnsafeRegister(static call => ((ClientCall<TRequest, TResponse>)call!).Dispose(), this);
    }

    private void EndByDeadline() => End(new Status(StatusCode.DeadlineExceeded, ""));

    private TimeSpan? TimeLeft() => options.Deadline is { } instant && instant != DateTime.MaxValue
        ? instant - channel.Time.GetUtcNow().UtcDateTime
        : null;

    private ICompressionProvider? RequestedCompression()
    {
        var name = options.Headers?.GetValue(GrpcHeaderNames.EncodingRequest);
        return name is null or Encodings.Identity
            ? null
            : channel.Encodings.Find(name) ?? throw new InvalidOperationException($"Could not find compression provider for '{name}'.");
    }

    private async Task<Metadata> GetHeadersAsync()
    {
        await answered.Task.ConfigureAwait(false);
        return headers ?? throw Ended!.ToException();
    }

    private Status GetStatus() => Ended?.Status
        ?? throw new InvalidOperationException("Unable to get the status because the call is not complete.");

    private Metadata GetTrailers() => Ended?.Trailers
        ?? throw new InvalidOperationException("Can't get the call trailers because the call has not completed successfully.");
}
