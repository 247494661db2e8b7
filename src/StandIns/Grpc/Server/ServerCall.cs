using System.Globalization;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Compression;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

/// <summary>A call as its handler sees it; how it runs and ends is in the other half.</summary>
// What it owns ends with RunAsync.
#pragma warning disable CA1001
internal sealed partial class ServerCall : ServerCallContext
#pragma warning restore CA1001
{
    private readonly CallSettings settings;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly CancellationToken clientGone;
    private ICompressionProvider? compression;
    private Metadata? requestHeaders;
    private Metadata? responseTrailers;
    private AuthContext? authContext;
    private string? peer;

    public ServerCall(HttpContext http, CallSettings settings, TimeProvider time, ILogger log)
    {
        Http = http;
        this.settings = settings;
        this.time = time;
        this.log = log;
        clientGone = http.RequestAborted;
        Requests = new MessageReader(
            http.Request.BodyReader,
            settings.Options.MaxReceiveMessageSize,
            settings.Encodings,
            http.Request.Headers[GrpcHeaderNames.Encoding],
            unknownEncoding: StatusCode.Unimplemented);
    }

    public HttpContext Http { get; }

    public MessageReader Requests { get; }

    protected override string MethodCore => Http.Request.Path.Value!;

    protected override string HostCore => Http.Request.Host.Value!;

    protected override string PeerCore => peer ??= Address();

    protected override DateTime DeadlineCore => deadline;

    protected override Metadata RequestHeadersCore => requestHeaders ??= MetadataHeaders.Read(Http.Request.Headers);

    protected override CancellationToken CancellationTokenCore => cancellation?.Token ?? clientGone;

    protected override Metadata ResponseTrailersCore => responseTrailers ??= [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore => authContext ??= PeerCertificate.Read(Http.Connection.ClientCertificate);

    protected override IDictionary<object, object> UserStateCore => Http.Items!;

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        lock (gate)
        {
            if (ended || bodyBegun || Http.Response.HasStarted)
            {
                throw new InvalidOperationException("Response headers can only be sent once per call.");
            }

            foreach (var entry in responseHeaders)
            {
                if (entry.Key == GrpcHeaderNames.EncodingRequest)
                {
                    CompressWith(entry.Value);
                }
                else if (GrpcHeaderNames.IsMetadata(entry.Key))
                {
                    Http.Response.Headers.Append(entry.Key, MetadataHeaders.Encode(entry));
                }
            }

            bodyBegun = true;
        }

        return FlushAsync(CancellationToken.None);
    }

    private void CompressWith(string? name)
    {
        compression = name is null or Encodings.Identity
            ? null
            : settings.Encodings.Find(name) ?? throw new InvalidOperationException($"Could not find compression provider for '{name}'.");
        if (compression is not null)
        {
            Http.Response.Headers[GrpcHeaderNames.Encoding] = name;
        }
    }

    private string Address()
    {
        var (address, port) = (Http.Connection.RemoteIpAddress, Http.Connection.RemotePort);
        return address?.AddressFamily switch
        {
            AddressFamily.InterNetwork => string.Create(CultureInfo.InvariantCulture, $"ipv4:{address}:{port}"),
            AddressFamily.InterNetworkV6 => string.Create(CultureInfo.InvariantCulture, $"ipv6:[{address}]:{port}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"unknown:{address}:{port}"),
        };
    }
}
