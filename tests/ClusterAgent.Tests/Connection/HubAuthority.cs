using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;

namespace Argosy.ClusterAgent.Tests.Connection;

/// <summary>A certificate authority as a hub has it, which also certifies whatever a test wants.</summary>
internal sealed class HubAuthority : IDisposable
{
    private readonly X509Certificate2 _certificate;

    public HubAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=argosy-hub-ca", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = TimeProvider.System.GetUtcNow();
        _certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(1));
    }

    public string Pem => _certificate.ExportCertificatePem();

    /// <summary>The hub's own certificate, for a DNS name.</summary>
    public X509Certificate2 Server(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=argosy-hub", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        var now = TimeProvider.System.GetUtcNow();
        using var issued = Issue(request, now.AddDays(-1), now.AddDays(90));
        return issued.CopyWithPrivateKey(key);
    }

    /// <summary>A client certificate for the key of a request for one, PEM.</summary>
    public string Client(ByteString certificateRequest, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        var asked = CertificateRequest.LoadSigningRequest(certificateRequest.ToByteArray(), HashAlgorithmName.SHA256);
        var request = new CertificateRequest(new X500DistinguishedName("CN=argosy-agent"), asked.PublicKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], false));
        using var issued = Issue(request, notBefore, notAfter);
        return issued.ExportCertificatePem();
    }

    public void Dispose() => _certificate.Dispose();

    private X509Certificate2 Issue(CertificateRequest request, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, true, false));
        return request.Create(_certificate, notBefore, notAfter, RandomNumberGenerator.GetBytes(16));
    }
}
