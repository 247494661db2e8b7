using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Argosy.Cli.Client;

/// <summary>Where a hub is and how to be let in.</summary>
/// <param name="Address">The root of the hub's APIs, ending in a slash.</param>
/// <param name="Origin">Where these settings were found, for error messages.</param>
internal sealed record HubConnection(Uri Address, string Origin)
{
    public string Namespace { get; init; } = "default";

    public AuthenticationHeaderValue? Authorization { get; init; }

    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>The only authorities to trust; null for those of the machine.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    public bool SkipVerify { get; init; }

    /// <summary>The name on the server's certificate, where it is not the address' host.</summary>
    public string? TlsServerName { get; init; }

    public HttpClient Open()
    {
        var tls = new SslClientAuthenticationOptions();
        if (TlsServerName is not null)
        {
            tls.TargetHost = TlsServerName;
        }

        if (ClientCertificate is not null)
        {
            tls.ClientCertificates = [ClientCertificate];
        }

        if (SkipVerify)
        {
            // The user said so, with --insecure-skip-verify or in the kubeconfig.
#pragma warning disable CA5359
            tls.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (Authorities is not null)
        {
            tls.CertificateChainPolicy = Trusting(Authorities);
        }

        var client = new HttpClient(new SocketsHttpHandler { SslOptions = tls, ConnectTimeout = TimeSpan.FromSeconds(15) })
        {
            BaseAddress = Address,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.Authorization = Authorization;
        return client;
    }

    private static X509ChainPolicy Trusting(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }
}
