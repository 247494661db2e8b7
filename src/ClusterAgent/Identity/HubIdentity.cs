using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Argosy.ClusterAgent.Identity;

/// <summary>Who this agent is to its hub, and how it knows the hub.</summary>
/// <param name="Certificate">With its private key.</param>
/// <param name="Issuers">Certificates between it and the hub's authority, where there are any.</param>
/// <param name="HubAuthorities">PEM.</param>
internal sealed record HubIdentity(string ClusterId, X509Certificate2 Certificate, X509Certificate2Collection Issuers, string HubAuthorities)
{
    /// <summary>Half of its life, unless the hub said otherwise.</summary>
    public DateTimeOffset RenewAt { get; init; } = NotBeforeOf(Certificate) + ((NotAfterOf(Certificate) - NotBeforeOf(Certificate)) / 2);

    public DateTimeOffset NotAfter => NotAfterOf(Certificate);

    public TimeSpan Life => NotAfterOf(Certificate) - NotBeforeOf(Certificate);

    public string Thumbprint => Certificate.GetCertHashString(HashAlgorithmName.SHA256);

    /// <summary>The identity among kept entries; null where there is none, or where its parts do not belong together.</summary>
    public static HubIdentity? Read(IdentityEntries entries)
    {
        if (entries[IdentityEntries.Certificate] is not { } chain || entries[IdentityEntries.Key] is not { } keyPem
            || entries[IdentityEntries.ClusterId] is not { } id || entries[IdentityEntries.HubAuthorities] is not { } authorities)
        {
            return null;
        }

        try
        {
            using var key = FindKey(keyPem);
            return key is null ? null : Make(id, chain, key, authorities);
        }
        catch (Exception unusable) when (unusable is CryptographicException or ArgumentException or FormatException)
        {
            return null;
        }
    }

    /// <param name="chain">PEM, the agent's own certificate first.</param>
    /// <exception cref="FormatException">There is no certificate in <paramref name="chain"/>.</exception>
    /// <exception cref="ArgumentException">It is of another key.</exception>
    public static HubIdentity Make(string clusterId, string chain, ECDsa key, string authorities)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(chain);
        if (certificates.Count == 0)
        {
            throw new FormatException("there is no certificate in the chain");
        }

        using var own = certificates[0];
        certificates.RemoveAt(0);
        return new HubIdentity(clusterId, own.CopyWithPrivateKey(key), certificates, authorities);
    }

    public static ECDsa NewKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>Null for a text that is no key.</summary>
    public static ECDsa? FindKey(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return key;
        }
        catch (Exception unusable) when (unusable is CryptographicException or ArgumentException)
        {
            key.Dispose();
            return null;
        }
    }

    /// <summary>As it is kept: the certificate and those between it and the authority.</summary>
    public string ChainPem() =>
        string.Join('\n', [Certificate.ExportCertificatePem(), .. Issuers.Select(issuer => issuer.ExportCertificatePem())]) + "\n";

    public string KeyPem()
    {
        using var key = Certificate.GetECDsaPrivateKey() ?? throw new CryptographicException("an agent's key is always ECDSA");
        return key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    private static DateTimeOffset NotBeforeOf(X509Certificate2 certificate) => new(certificate.NotBefore);

    private static DateTimeOffset NotAfterOf(X509Certificate2 certificate) => new(certificate.NotAfter);
}
