using System.Net;
using Argosy.ControlPlane.Access;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Argosy.ControlPlane.Hosting;

/// <summary>How the hub's port speaks, and under which name it is known.</summary>
internal sealed class HubTls : IDisposable
{
    private readonly HubOptions options;
    private readonly ServerCertificate? certificate;

    private HubTls(HubOptions options, CertificateAuthority authority, ServerCertificate? certificate) =>
        (this.options, Authority, this.certificate) = (options, authority, certificate);

    /// <summary>Signs the hub's own certificates and those of agents; there also where clients come in the clear.</summary>
    public CertificateAuthority Authority { get; }

    /// <summary>What a client must trust; null where it need not be told.</summary>
    public string? AuthorityPem => options.Tls is { CertificateFile: null } ? Authority.CertificatePem : null;

    public static HubTls Open(HubOptions options, TimeProvider time)
    {
        if (options.Tls is null && !IPAddress.IsLoopback(options.ListenAddress.Address))
        {
            throw new ArgumentException(
                $"the hub would be heard on {options.ListenAddress} without TLS, and the administrator's token with it", nameof(options));
        }

        var authority = CertificateAuthority.Open(options.DataDirectory, time.GetUtcNow());
        return new HubTls(
            options, authority, options.Tls is { } tls ? new ServerCertificate(tls, authority, options.ListenAddress.Address, time) : null);
    }

    public void Apply(ListenOptions listen)
    {
        if (certificate is not null)
        {
            listen.UseHttps(new HttpsConnectionAdapterOptions { ServerCertificateSelector = (_, _) => certificate.Current });
        }
    }

    /// <summary>The address that clients use, where the one listened on stands for every one of this machine.</summary>
    public Uri PublicUrl(IPEndPoint listening)
    {
        var url = new UriBuilder(certificate is null ? Uri.UriSchemeHttp : Uri.UriSchemeHttps, listening.Address.ToString(), listening.Port);
        var everywhere = options.ListenAddress.Address.Equals(IPAddress.Any) || options.ListenAddress.Address.Equals(IPAddress.IPv6Any);
        if (options.Tls?.Names is [var name, ..])
        {
            url.Host = name;
        }
        else if (everywhere)
        {
            url.Host = "localhost";
        }

        return url.Uri;
    }

    public void Dispose()
    {
        certificate?.Dispose();
        Authority.Dispose();
    }
}
