using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Argosy.ControlPlane.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Argosy.ControlPlane.Joining;

/// <summary>
/// Where agents dial: a port of its own that speaks TLS and HTTP/2 and serves nothing but the agents' conversations. Whatever address they
/// dial, they look for the hub's authority and for one fixed name on its certificate.
/// </summary>
internal sealed class AgentsListener(IPEndPoint? address, IReadOnlyList<string> names, CertificateAuthority authority, TimeProvider time) : IDisposable
{
    /// <summary>The name that every hub's certificate has towards agents.</summary>
    public const string HubName = "hub.argosy.internal";

    // A stream that nobody reads may fill its own window and no more: all of them together leave room for the session's.
    private const int StreamWindowBytes = 512 * 1024;
    private const int MostStreams = 100;

    private static readonly object Mark = new();

    private readonly ServerCertificate? certificate = address is null
        ? null
        : new ServerCertificate(new TlsOptions { Names = [HubName, .. names] }, authority, address.Address, time);

    private ListenOptions? listening;

    /// <summary>Where agents on other machines reach the hub, as far as it can know; null: it listens for none.</summary>
    public Uri? Url => listening is { IPEndPoint: { } bound }
        ? new UriBuilder(Uri.UriSchemeHttps, names is [var name, ..] ? name : HostOf(bound.Address), bound.Port).Uri
        : null;

    public void Listen(KestrelServerOptions kestrel)
    {
        if (address is null)
        {
            return;
        }

        var http2 = kestrel.Limits.Http2;
        (http2.KeepAlivePingDelay, http2.KeepAlivePingTimeout) = (TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20));
        (http2.MaxStreamsPerConnection, http2.InitialStreamWindowSize) = (MostStreams, StreamWindowBytes);
        http2.InitialConnectionWindowSize = (MostStreams + 1) * StreamWindowBytes;

        // A reader of an artifact or a log may pause; Kestrel would cut its whole connection for it.
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Listen(address, listen =>
        {
            listening = listen;
            listen.Protocols = HttpProtocols.Http2;
            listen.Use(next => connection =>
            {
                connection.Items[Mark] = true;
                return next(connection);
            });
            listen.UseHttps(Tls());
        });
    }

    /// <summary>Whether the request came by the agents' port.</summary>
    public static bool Brought(HttpContext http) => http.Features.Get<IConnectionItemsFeature>()?.Items.ContainsKey(Mark) ?? false;

    public void Dispose() => certificate?.Dispose();

    private HttpsConnectionAdapterOptions Tls() => new()
    {
        ServerCertificateSelector = (_, _) => certificate!.Current,
        SslProtocols = SslProtocols.Tls13,

        // Who calls is looked at call by call, where a refusal can say why: a certificate may expire or be revoked on an open connection.
        ClientCertificateMode = ClientCertificateMode.AllowCertificate,
        ClientCertificateValidation = (_, _, _) => true,
        OnAuthenticate = (_, tls) =>
        {
            tls.AllowTlsResume = false; // a resumed session would show the certificate of the first
            tls.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true, // a stranger's certificate must not send the hub anywhere
            };
        },
    };

    private static string HostOf(IPAddress bound) =>
        bound.Equals(IPAddress.Any) || bound.Equals(IPAddress.IPv6Any) ? Dns.GetHostName() : bound.ToString();
}

/// <summary>On an endpoint: it is for agents. Their port serves only such, every other port none.</summary>
internal sealed class AgentsOnly
{
    public static readonly AgentsOnly Instance = new();
}

internal static class AgentsWall
{
    /// <summary>Keeps the agents' port and the others apart. Comes before access: agents have certificates, not tokens.</summary>
    public static void UseAgentsWall(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        if (AgentsListener.Brought(http) == http.GetEndpoint()?.Metadata.GetMetadata<AgentsOnly>() is not null)
        {
            return next(http);
        }

        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    });
}
