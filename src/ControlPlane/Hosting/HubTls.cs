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
    private readonly CertificateAuthority? authority;
    private readonly ServerCertificate? certificate;

    private HubTls(HubOptions options, CertificateAuthority? authority, ServerCertificate? certificate) =>
        (this.options, this.authority, this.certificate) = (options, authority, certificate);

    /// <summary>What a client must trust; null where it need not be told.</summary>
    public string? AuthorityPem => options.Tls is { CertificateFile: null } ? authority!.CertificatePem : null;

    public static HubTls Open(HubOptions options, TimeProvider time)
    {
        if (options.Tls is not { } tls)
        {
            return IPAddress.IsLoopback(options.ListenAddress.Address)
                ? new HubTls(options, null, null)
                : throw new ArgumentException(
                    $"the hub would be heard on {options.ListenAddress} without TLS, and the administrator's token with it", nameof(options));
        }

        var authority = CertificateAuthority.Open(options.DataDirectory, time.GetUtcNow());
        return new HubTls(options, authority, new ServerCertificate(tls, authority, options.ListenAddress.Address, time));
    }

    public void Apply(ListenOptions listen)
    {
        if (certificate is not null)
        {
            listen.UseHttps(new HttpsConnectionAdapterOptions { ServerCertificateSelector = (_, _) => certificate.Current });
        }
    }

    /// <summary>The address that clients use, where the one listened on stands for every one of this machine.</summary>
    public Uri PublicUrl(Uri listening)
    {
        var url = new UriBuilder(listening);
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
        authority?.Dispose();
    }
}
