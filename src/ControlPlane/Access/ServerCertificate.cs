using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Argosy.ControlPlane.Access;

/// <summary>
/// The certificate the hub shows: the operator's own, read again when its files change, or one of the hub's authority for its names,
/// issued anew at half its life. Neither needs a restart.
/// </summary>
internal sealed class ServerCertificate : IDisposable
{
    private static readonly TimeSpan Life = TimeSpan.FromDays(90);

    private readonly TlsOptions options;
    private readonly CertificateAuthority authority;
    private readonly IPAddress address;
    private readonly TimeProvider time;
    private readonly Lock turn = new();
    private X509Certificate2 current;
    private DateTimeOffset renewAt;
    private DateTime filesChanged;

    /// <param name="address">Where the hub listens.</param>
    /// <exception cref="InvalidDataException">The operator's certificate cannot be used.</exception>
    public ServerCertificate(TlsOptions options, CertificateAuthority authority, IPAddress address, TimeProvider time)
    {
        (this.options, this.authority, this.address, this.time) = (options, authority, address, time);
        current = Obtain();
    }

    /// <summary>The certificate to show now. A renewal that fails leaves the present one in use.</summary>
    public X509Certificate2 Current
    {
        get
        {
            lock (turn)
            {
                if (IsDue())
                {
                    Renew();
                }

                return current;
            }
        }
    }

    public void Dispose() => current.Dispose();

    private bool IsDue() => options.CertificateFile is null ? time.GetUtcNow() >= renewAt : Changed(options) != filesChanged;

    // What was shown before is left to the collector: handshakes may still use it.
    private void Renew()
    {
        try
        {
            current = Obtain();
        }
        catch (InvalidDataException)
        {
            // Half-written files, most likely: the next handshake looks again.
        }
    }

    private X509Certificate2 Obtain()
    {
        if (options.CertificateFile is not null)
        {
            var changed = Changed(options);
            var own = Read(options);
            filesChanged = changed;
            return own;
        }

        var now = time.GetUtcNow();
        var issued = authority.IssueServer(Names(), now, Life);
        renewAt = now + (Life / 2);
        return issued;
    }

    private static DateTime Changed(TlsOptions options) => new[] { options.CertificateFile!, options.KeyFile! }.Max(File.GetLastWriteTimeUtc);

    private static X509Certificate2 Read(TlsOptions options)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(options.CertificateFile!, options.KeyFile);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException(
                $"the hub's certificate {options.CertificateFile} with the key {options.KeyFile} cannot be used: {exception.Message}", exception);
        }
    }

    private SubjectAlternativeNameBuilder Names()
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddDnsName(Dns.GetHostName());
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        if (!IPAddress.IsLoopback(address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
        {
            names.AddIpAddress(address);
        }

        foreach (var name in options.Names)
        {
            if (IPAddress.TryParse(name, out var ip))
            {
                names.AddIpAddress(ip);
            }
            else
            {
                names.AddDnsName(name);
            }
        }

        return names;
    }
}
