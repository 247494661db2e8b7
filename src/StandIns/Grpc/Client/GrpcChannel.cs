using System.Collections.Concurrent;
using System.Net;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace Grpc.Net.Client;

/// <summary>A way to one server over HTTP/2, in the clear for <c>http</c> addresses, else in TLS. Thread-safe; connects when first called.</summary>
public sealed class GrpcChannel : ChannelBase, IDisposable
{
    private readonly ConcurrentDictionary<IMethod, Uri> addresses = new();
    private readonly CancellationTokenSource disposal = new();
    private readonly Uri address;
    private readonly HttpMessageInvoker transport;
    private readonly bool ownsTransport;

    private GrpcChannel(Uri address, GrpcChannelOptions options)
        : base(address.Authority)
    {
        this.address = address;
        (transport, ownsTransport) = Transport(options);
        MaxSendMessageSize = options.MaxSendMessageSize;
        MaxReceiveMessageSize = options.MaxReceiveMessageSize;
        Encodings = new Encodings(options.CompressionProviders ?? Encodings.Defaults());
        Time = options.ServiceProvider?.GetService<TimeProvider>() ?? TimeProvider.System;
        Disposed = disposal.Token;
    }

    internal int? MaxSendMessageSize { get; }

    internal int? MaxReceiveMessageSize { get; }

    internal Encodings Encodings { get; }

    internal TimeProvider Time { get; }

    /// <summary>Ends the calls that are still going on.</summary>
    internal CancellationToken Disposed { get; }

    public static GrpcChannel ForAddress(string address) => ForAddress(address, new GrpcChannelOptions());

    public static GrpcChannel ForAddress(string address, GrpcChannelOptions channelOptions) => ForAddress(new Uri(address), channelOptions);

    public static GrpcChannel ForAddress(Uri address) => ForAddress(address, new GrpcChannelOptions());

    public static GrpcChannel ForAddress(Uri address, GrpcChannelOptions channelOptions)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(channelOptions);
        if (channelOptions is { HttpHandler: not null, HttpClient: not null })
        {
            throw new ArgumentException("HttpClient and HttpHandler have been configured. Only one HTTP caller can be specified.", nameof(channelOptions));
        }

        return address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps
            ? new GrpcChannel(address, channelOptions)
            : throw new ArgumentException($"The address '{address}' is neither http nor https.", nameof(address));
    }

    public override CallInvoker CreateCallInvoker()
    {
        ThrowIfDisposed();
        return new HttpCallInvoker(this);
    }

    /// <summary>Cancels the calls that are still going on and closes the channel's own connections.</summary>
    public void Dispose()
    {
        if (disposal.IsCancellationRequested)
        {
            return;
        }

        disposal.Cancel();
        disposal.Dispose();
        if (ownsTransport)
        {
            transport.Dispose();
        }
    }

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Disposed.IsCancellationRequested, this);

    /// <summary>A request of the method, without metadata. Its content is what starts the stream of messages.</summary>
    internal HttpRequestMessage CreateRequest(IMethod method, HttpContent content) =>
        new(HttpMethod.Post, addresses.GetOrAdd(method, static (method, address) => new Uri(address, method.FullName), address))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };

    /// <summary>Comes back when the response's headers have.</summary>
    internal Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        transport is HttpClient client
            ? client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
            : transport.SendAsync(request, cancellationToken);

    protected override Task ShutdownAsyncCore()
    {
        Dispose();
        return Task.CompletedTask;
    }

    private static (HttpMessageInvoker Transport, bool Owned) Transport(GrpcChannelOptions options)
    {
        if (options.HttpClient is { } client)
        {
            return (client, options.DisposeHttpClient);
        }

        if (options.HttpHandler is { } handler)
        {
            return (new HttpMessageInvoker(handler, options.DisposeHttpClient), true);
        }

        // A second connection is opened when the server's limit of streams is reached.
        return (new HttpMessageInvoker(new SocketsHttpHandler { EnableMultipleHttp2Connections = true, AllowAutoRedirect = false, UseCookies = false }), true);
    }
}
