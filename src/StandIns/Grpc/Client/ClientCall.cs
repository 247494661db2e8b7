using System.IO.Pipelines;
using System.Net;
using Grpc.Core;
using Grpc.Net.Compression;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>
/// One call, from its request to its end. Whatever happens first ends it: the server's status, a failure, the deadline, the caller's token,
/// or disposal. The rest of the code only asks how it ended.
/// </summary>
internal sealed partial class ClientCall<TRequest, TResponse> : IDisposable
    where TRequest : class
    where TResponse : class
{
    private readonly GrpcChannel channel;
    private readonly Method<TRequest, TResponse> method;
    private readonly string? host;
    private readonly CallOptions options;
    private readonly ICompressionProvider? compression;

    private readonly TaskCompletionSource<CallEnd> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource abort = new();
    private CancellationTokenRegistration callersToken;
    private CancellationTokenRegistration channelsEnd;
    private DeadlineTimer? deadline;

    private RequestStreamContent? requests;
    private bool awaitsSingleResponse;
    private HttpResponseMessage? answer;
    private Metadata? headers;
    private MessageReader? responses;
    private TResponse? response;

    public ClientCall(GrpcChannel channel, Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        this.channel = channel;
        this.method = method;
        this.host = host;
        this.options = options;
        if (options.Deadline is { Kind: not DateTimeKind.Utc } local && local != DateTime.MaxValue && local != DateTime.MinValue)
        {
            throw new InvalidOperationException(
                "Deadline must have a kind DateTimeKind.Utc or be equal to DateTime.MaxValue or DateTime.MinValue.");
        }

        compression = RequestedCompression();
    }

    public CallOptions Options => options;

    /// <summary>Fires when the call has ended.</summary>
    public CancellationToken Aborted => abort.Token;

    /// <summary>How the call ended; none while it goes on.</summary>
    public CallEnd? Ended => ended.Task.IsCompletedSuccessfully ? ended.Task.Result : null;

    public CallState State() => new(GetHeadersAsync, GetStatus, GetTrailers, Dispose);

    public void StartWith(TRequest request, bool singleResponse)
    {
        MessageFrame frame;
        try
        {
            frame = Frame(request, options.WriteOptions);
        }
        catch (Exception problem)
        {
            End(problem is RpcException refused ? refused.Status : new Status(StatusCode.Internal, "The request cannot be serialized.", problem));
            answered.TrySetResult();
            return;
        }

        _ = RunAsync(new SingleRequestContent(frame), singleResponse);
    }

    public ClientStreamWriter<TRequest, TResponse> StartStream(bool singleResponse)
    {
        requests = new RequestStreamContent();
        _ = RunAsync(requests, singleResponse);
        return new ClientStreamWriter<TRequest, TResponse>(this, requests);
    }

    public MessageFrame Frame(TRequest request, WriteOptions? writeOptions) => MessageFrame.Of(
        request, method.RequestMarshaller, channel.MaxSendMessageSize, (writeOptions?.Compresses ?? true) ? compression : null, null);

    public async Task<TResponse> GetResponseAsync()
    {
        var end = await ended.Task.ConfigureAwait(false);
        return end.IsOk ? response! : throw end.ToException();
    }

    /// <summary>The next response; none after the last.</summary>
    public async Task<TResponse?> ReadAsync(CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(static call => ((ClientCall<TRequest, TResponse>)call!).Cancel(), this);
        await answered.Task.ConfigureAwait(false);
        if (Ended is null)
        {
            try
            {
                if (await responses!.ReadAsync(method.ResponseMarshaller.ContextualDeserializer, abort.Token).ConfigureAwait(false) is { } message)
                {
                    return message;
                }

                EndAsServerSays();
            }
            catch (Exception problem)
            {
                End(TransportFailure.StatusOf(problem));
            }
        }

        return Ended!.IsOk ? null : throw Ended.ToException();
    }

    /// <summary>What a failed write says: how the call ended, if that is known or will be without the caller's doing.</summary>
    public async Task<RpcException> FailureOfWriteAsync(Exception problem)
    {
        var end = awaitsSingleResponse ? await ended.Task.ConfigureAwait(false) : Ended;
        return end?.ToException() ?? new RpcException(TransportFailure.StatusOf(problem));
    }

    public void Cancel() => End(new Status(StatusCode.Cancelled, "Call canceled by the client."));

    public void End(Status status) => End(new CallEnd(status, new Metadata()));

    public void Dispose() => End(new Status(StatusCode.Cancelled, "gRPC call disposed."));
}
