using Grpc.Net.Compression;

namespace Grpc.Net.Client;

/// <summary>How a channel speaks to its server.</summary>
public sealed class GrpcChannelOptions
{
    /// <summary>The transport. Keepalive, TLS and client certificates are set on it. None: one of the channel's own.</summary>
    public HttpMessageHandler? HttpHandler { get; set; }

    /// <summary>In place of <see cref="HttpHandler"/>, for those who have a client. Its timeout must be infinite if calls may be long.</summary>
    public HttpClient? HttpClient { get; set; }

    /// <summary>Whether disposing the channel disposes a transport that was given to it. Default: no.</summary>
    public bool DisposeHttpClient { get; set; }

    /// <summary>In bytes; none for no limit. Default: none.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>In bytes; none for no limit. Default: 4 MiB.</summary>
    public int? MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>Default: gzip.</summary>
    // The package lets callers replace the list.
#pragma warning disable CA2227
    public IList<ICompressionProvider>? CompressionProviders { get; set; }
#pragma warning restore CA2227

    /// <summary>Where the channel finds a <see cref="TimeProvider"/>; without one it uses the system's.</summary>
    public IServiceProvider? ServiceProvider { get; set; }
}
