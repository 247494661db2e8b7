using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Argosy.ClusterAgent.Identity;
using Argosy.Contracts.Agents;
using Grpc.Net.Client;

namespace Argosy.ClusterAgent.Connection;

/// <summary>
/// Opens ways to the hub. The hub is known by the authorities that the join manifest pinned and by one name that every hub has, so it may move,
/// sit behind NAT or be dialled by address; no authority of the machine is trusted. Goes through HTTPS_PROXY where that is set.
/// </summary>
/// <param name="hub">Where the hub listens for agents: https, host and port.</param>
internal sealed class HubDialer(Uri hub, TimeProvider time)
{
    /// <summary>The name on every hub's certificate for agents; it is sent as SNI and :authority too.</summary>
    public const string HubName = "hub.argosy.internal";

    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PingAnswersWithin = TimeSpan.FromSeconds(10);

    public Uri Hub { get; } = hub;

    /// <summary>In place of the one that the environment names.</summary>
    public IWebProxy? Proxy { get; init; }

    /// <summary>A way for those who have no certificate yet.</summary>
    /// <param name="authorities">PEM.</param>
    /// <exception cref="FormatException">There is no certificate in <paramref name="authorities"/>.</exception>
    public HubWay Dial(string authorities) => Open(new SslClientAuthenticationOptions { CertificateChainPolicy = Trusting(authorities) });

    /// <exception cref="FormatException">The identity holds no authority of the hub.</exception>
    public HubWay Dial(HubIdentity identity) => Open(new SslClientAuthenticationOptions
    {
        CertificateChainPolicy = Trusting(identity.HubAuthorities),
        ClientCertificateContext = SslStreamCertificateContext.Create(identity.Certificate, identity.Issuers, offline: true),
    });

    private HubWay Open(SslClientAuthenticationOptions tls)
    {
        // A resumed TLS session would show the certificate of the one before.
        tls.AllowTlsResume = false;
        var sockets = new SocketsHttpHandler
        {
            SslOptions = tls,
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = ConnectWithin,
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = PingEvery,
            KeepAlivePingTimeout = PingAnswersWithin,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        };
        if (Proxy is not null)
        {
            sockets.Proxy = Proxy;
        }

        var handler = new NamesTheHub(sockets);
        return new HubWay(handler, GrpcChannel.ForAddress(
            Hub, new GrpcChannelOptions { HttpHandler = handler, ServiceProvider = new Clock(time), MaxReceiveMessageSize = MessageLimits.LargestBytes }));
    }

    private static X509ChainPolicy Trusting(string authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck, // the hub's authority publishes no lists; its certificates are short-lived
            DisableCertificateDownloads = true,
        };
        try
        {
            policy.CustomTrustStore.ImportFromPem(authorities);
        }
        catch (CryptographicException failure)
        {
            throw new FormatException($"the hub's authorities ({IdentityEntries.HubAuthorities}) cannot be read: {failure.Message}", failure);
        }

        return policy.CustomTrustStore.Count > 0
            ? policy
            : throw new FormatException($"there is no certificate among the hub's authorities ({IdentityEntries.HubAuthorities})");
    }

    /// <summary>HttpClient takes the name to verify from the Host header, not from <see cref="SslClientAuthenticationOptions.TargetHost"/>.</summary>
    private sealed class NamesTheHub(HttpMessageHandler sockets) : DelegatingHandler(sockets)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Host = HubName;
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class Clock(TimeProvider time) : IServiceProvider
    {
        public object? GetService(Type serviceType) => serviceType == typeof(TimeProvider) ? time : null;
    }
}

/// <summary>One way to the hub, with connections of its own. Disposing it closes them when the calls on them have ended.</summary>
internal sealed class HubWay(HttpMessageHandler transport, GrpcChannel channel) : IDisposable
{
    public GrpcChannel Channel { get; } = channel;

    // The channel is left alone: disposing it would break calls off.
    public void Dispose() => transport.Dispose();
}
