using System.Buffers;
using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Grpc.AspNetCore.Server;

internal sealed partial class ServerCall
{
    // Whoever sets `ended` under this lock decides the call's status; after that nothing is written to the response any more.
    private readonly Lock gate = new();
    private bool ended;
    private bool bodyBegun;

    private DateTime deadline = DateTime.MaxValue;
    private DeadlineTimer? timer;
    private CancellationTokenSource? cancellation;
    private Task closing = Task.CompletedTask;

    public bool HasEnded => Volatile.Read(ref ended);

    /// <summary>Runs the handler and tells the client how that ended. Never throws.</summary>
    public async Task RunAsync(Func<Task> handler)
    {
        try
        {
            Begin();
            await handler();
            End(StatusCore, responseTrailers);
        }
        catch (Exception problem)
        {
            Fail(problem);
        }
        finally
        {
            timer?.Dispose();

            // The response belongs to the next request once we return.
            await closing;
            cancellation?.Dispose();
        }
    }

    public async Task<TRequest> ReadSingleAsync<TRequest>(Marshaller<TRequest> marshaller)
        where TRequest : class =>
        await Requests.ReadSingleAsync(marshaller.ContextualDeserializer, CancellationToken.None)
        ?? throw new RpcException(new Status(StatusCode.Internal, "Incomplete message."));

    /// <summary>The response of a handler that has one; it leaves together with the trailers.</summary>
    public Task WriteSingleAsync<TResponse>(TResponse? response, Marshaller<TResponse> marshaller)
        where TResponse : class
    {
        if (response is null)
        {
            throw new RpcException(new Status(StatusCode.Cancelled, "No message returned from method."));
        }

        if (StatusCore.StatusCode == StatusCode.OK)
        {
            Write(response, marshaller);
        }

        return Task.CompletedTask;
    }

    public void Write<TResponse>(TResponse response, Marshaller<TResponse> marshaller)
        where TResponse : class
    {
        using var frame = MessageFrame.Of(
            response,
            marshaller,
            settings.Options.MaxSendMessageSize,
            (WriteOptionsCore?.Compresses ?? true) ? compression : null,
            settings.Options.ResponseCompressionLevel);
        lock (gate)
        {
            if (ended || clientGone.IsCancellationRequested)
            {
                throw new InvalidOperationException("Can't write the message because the request is complete.");
            }

            bodyBegun = true;
            Http.Response.BodyWriter.Write(frame.Bytes.Span);
        }
    }

    /// <summary>Sends what was written; waits while the client does not read.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        ValueTask<FlushResult> flush;
        lock (gate)
        {
            // The first flush starts the response, which the deadline must not do at the same time.
            flush = ended ? default : Http.Response.BodyWriter.FlushAsync(cancellationToken);
        }

        await flush;
    }

    private void Begin()
    {
        Http.Response.ContentType = GrpcContentType.Name;
        Http.Response.Headers[GrpcHeaderNames.AcceptEncoding] = settings.Encodings.Accepted;

        // Streams may be quiet for hours and as long as they like; a message's size has its own limit.
        Http.Features.Get<IHttpMinRequestBodyDataRateFeature>()?.MinDataRate = null;
        if (Http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        var algorithm = settings.Options.ResponseCompressionAlgorithm;
        if (algorithm is not null && Encodings.Accepts(Http.Request.Headers[GrpcHeaderNames.AcceptEncoding], algorithm))
        {
            CompressWith(algorithm);
        }

        if (Http.Request.Headers.TryGetValue(GrpcHeaderNames.Timeout, out var timeout))
        {
            WatchDeadline(timeout.ToString());
        }
    }

    private void WatchDeadline(string header)
    {
        if (!GrpcTimeout.TryParse(header, out var left))
        {
            throw new RpcException(new Status(StatusCode.Internal, $"Invalid grpc-timeout '{header}'."));
        }

        var now = time.GetUtcNow().UtcDateTime;
        deadline = left < DateTime.MaxValue - now ? now + left : DateTime.MaxValue;
        cancellation = CancellationTokenSource.CreateLinkedTokenSource(clientGone);
        timer = new DeadlineTimer(time, left, EndByDeadline);
    }

    private void Fail(Exception problem)
    {
        if (problem is RpcException chosen)
        {
            log.CallRefused(MethodCore, chosen.StatusCode, problem);
            End(chosen.Status, [.. responseTrailers ?? Metadata.Empty, .. chosen.Trailers]);
            return;
        }

        if (HasEnded || CancellationTokenCore.IsCancellationRequested || problem is ConnectionResetException or ConnectionAbortedException)
        {
            log.ClientGone(MethodCore, problem);
        }
        else
        {
            log.HandlerFailed(MethodCore, problem);
        }

        var detail = "Exception was thrown by handler.";
        if (settings.Options.EnableDetailedErrors ?? false)
        {
            detail += $" {problem.GetType().Name}: {problem.Message}";
        }

        End(new Status(StatusCode.Unknown, detail, problem), responseTrailers);
    }

    private void End(Status status, Metadata? trailers)
    {
        List<(string Key, string Value)> encoded = [];
        try
        {
            encoded.AddRange((trailers ?? Metadata.Empty)
                .Where(entry => GrpcHeaderNames.IsMetadata(entry.Key))
                .Select(entry => (entry.Key, MetadataHeaders.Encode(entry))));
        }
        catch (RpcException unsendable)
        {
            (status, encoded) = (unsendable.Status, []);
        }

        lock (gate)
        {
            if (!ended)
            {
                ended = true;
                Tell(status, encoded);
            }
        }
    }

    // Where nothing was sent before, headers and trailers are one.
    private void Tell(Status status, IEnumerable<(string Key, string Value)> trailers)
    {
        var response = Http.Response;
        var target = bodyBegun || response.HasStarted
            ? Http.Features.Get<IHttpResponseTrailersFeature>()?.Trailers
            : response.Headers;
        if (target is null or { IsReadOnly: true })
        {
            return;
        }

        target[GrpcHeaderNames.Status] = StatusHeaders.Number(status.StatusCode);
        if (status.Detail.Length > 0)
        {
            target[GrpcHeaderNames.Message] = PercentEncoding.Encode(status.Detail);
        }

        foreach (var (key, value) in trailers)
        {
            target.Append(key, value);
        }
    }

    private void EndByDeadline()
    {
        lock (gate)
        {
            if (ended)
            {
                return;
            }

            // The trailers are the handler's, which may still be adding to them.
            ended = true;
            Tell(new Status(StatusCode.DeadlineExceeded, "Deadline Exceeded"), []);
            closing = CloseAsync();
        }

        log.DeadlinePassed(MethodCore);
    }

    // Does not wait for the handler, which may not look at its token.
    private async Task CloseAsync()
    {
        try
        {
            var told = Http.Response.CompleteAsync();
            await cancellation!.CancelAsync();
            await told;
            Http.Features.Get<IHttpResetFeature>()?.Reset(errorCode: 0);
        }
        catch (Exception problem)
        {
            log.ClientGone(MethodCore, problem);
        }
    }
}
