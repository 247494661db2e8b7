using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>Starts calls on a channel.</summary>
internal sealed class HttpCallInvoker(GrpcChannel channel) : CallInvoker
{
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        AsyncUnaryCall(method, host, options, request).GetAwaiter().GetResult();

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = Call(method, host, options);
        call.StartWith(request, singleResponse: true);
        return new AsyncUnaryCall<TResponse>(call.GetResponseAsync, call.State());
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = Call(method, host, options);
        call.StartWith(request, singleResponse: false);
        return new AsyncServerStreamingCall<TResponse>(new ClientStreamReader<TRequest, TResponse>(call), call.State());
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var call = Call(method, host, options);
        var requests = call.StartStream(singleResponse: true);
        return new AsyncClientStreamingCall<TRequest, TResponse>(requests, call.GetResponseAsync, call.State());
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var call = Call(method, host, options);
        var requests = call.StartStream(singleResponse: false);
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(
            requests, new ClientStreamReader<TRequest, TResponse>(call), call.State());
    }

    private ClientCall<TRequest, TResponse> Call<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options)
        where TRequest : class
        where TResponse : class
    {
        channel.ThrowIfDisposed();
        return new ClientCall<TRequest, TResponse>(channel, method, host, options);
    }
}
