using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Argosy.ControlPlane.Storage;

namespace Argosy.ControlPlane.Access;

/// <summary>
/// The hub's own certificate authority: made at the first start, kept as <c>ca.crt</c> and <c>ca.key</c> (its owner's alone) in the data
/// directory, valid for ten years. Kubeconfigs carry its certificate, so nobody has to trust it by hand.
/// </summary>
internal sealed class CertificateAuthority : IDisposable
{
    private const string CertificateFile = "ca.crt";
    private const string KeyFile = "ca.key";
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const int YearsValid = 10;

    // Clocks of clients may be behind.
    private static readonly TimeSpan Leeway = TimeSpan.FromMinutes(5);

    private readonly X509Certificate2 certificate;

    private CertificateAuthority(X509Certificate2 certificate) => this.certificate = certificate;

    public string CertificatePem => certificate.ExportCertificatePem();

    /// <summary>Reads the data directory's authority, or makes it.</summary>
    /// <exception cref="InvalidDataException">Its files do not belong together, or are no certificate and key.</exception>
    public static CertificateAuthority Open(string dataDirectory, DateTimeOffset now)
    {
        var (certificatePath, keyPath) = (Path.Combine(dataDirectory, CertificateFile), Path.Combine(dataDirectory, KeyFile));
        if (!File.Exists(certificatePath))
        {
            Make(certificatePath, keyPath, now); // the key is there first: a certificate without one would be refused for ever
        }

        try
        {
            return new CertificateAuthority(X509Certificate2.CreateFromPemFile(certificatePath, keyPath));
        }
        catch (Exception exception) when (exception is CryptographicException or IOException)
        {
            throw new InvalidDataException(
                $"the hub's certificate authority cannot be read: {exception.Message} Put back {certificatePath} and {keyPath} from a backup, "
                + "or delete both: a new one is made, and whoever trusts the old one must fetch its kubeconfig again.",
                exception);
        }
    }

    /// <summary>A certificate with its key, by which the hub shows that it has these names and addresses.</summary>
    public X509Certificate2 IssueServer(SubjectAlternativeNameBuilder names, DateTimeOffset now, TimeSpan life)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=argosy-hub", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(certificate, true, false));
        using var issued = request.Create(certificate, now - Leeway, Earlier(now + life, certificate.NotAfter), RandomNumberGenerator.GetBytes(16));
        return issued.CopyWithPrivateKey(key);
    }

    /// <summary>
    /// A certificate by which an agent shows that it is the cluster's. Whatever the agent asked for, nothing of it is here but its public key.
    /// </summary>
    /// <param name="clusterUid">The cluster object's uid.</param>
    public X509Certificate2 IssueAgent(PublicKey key, string clusterUid, DateTimeOffset now, TimeSpan life)
    {
        var request = new CertificateRequest(new X500DistinguishedName("CN=argosy-agent"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(NameOf(clusterUid));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ClientAuthentication)], true));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(certificate, true, false));
        return request.Create(
            certificate, Later(now - Leeway, certificate.NotBefore), Earlier(now + life, certificate.NotAfter), RandomNumberGenerator.GetBytes(16));
    }

    /// <summary>Whether this authority signed it, for an agent. Whether it is still good is another question.</summary>
    public bool HasIssuedAgent(X509Certificate2 shown)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        (policy.TrustMode, policy.RevocationMode) = (X509ChainTrustMode.CustomRootTrust, X509RevocationMode.NoCheck);
        (policy.DisableCertificateDownloads, policy.VerificationFlags) = (true, X509VerificationFlags.IgnoreNotTimeValid);
        policy.CustomTrustStore.Add(certificate);
        policy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        return chain.Build(shown) && shown.Extensions.OfType<X509EnhancedKeyUsageExtension>().SingleOrDefault() is { } usage
            && usage.EnhancedKeyUsages.Count == 1 && usage.EnhancedKeyUsages[0].Value == ClientAuthentication;
    }

    /// <summary>Whether the certificate is the cluster's: names are compared whole, never read.</summary>
    public static bool NamesCluster(X509Certificate2 shown, string clusterUid)
    {
        var name = NameOf(clusterUid);
        return shown.Extensions.Where(extension => extension.Oid?.Value == name.Oid?.Value).ToList() is [var only]
            && only.RawData.AsSpan().SequenceEqual(name.RawData);
    }

    public void Dispose() => certificate.Dispose();

    private static X509Extension NameOf(string clusterUid)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri($"spiffe://argosy/cluster/{clusterUid}"));
        return names.Build();
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static void Make(string certificatePath, string keyPath, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=argosy-hub-ca", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var made = request.CreateSelfSigned(now - Leeway, now.AddYears(YearsValid));
        PrivateFile.Create(keyPath, key.ExportPkcs8PrivateKeyPem());
        PrivateFile.Create(certificatePath, made.ExportCertificatePem());
    }
}
