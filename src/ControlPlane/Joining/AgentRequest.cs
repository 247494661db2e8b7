using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Argosy.ControlPlane.Joining;

/// <summary>Reads an agent's request for a certificate: nothing is taken from it but the public key.</summary>
internal static class AgentRequest
{
    private const string P256 = "1.2.840.10045.3.1.7";
    private const int LongestBytes = 16 * 1024;

    /// <exception cref="Grpc.Core.RpcException">It cannot be read, is not signed with its own key, or its key is of another sort.</exception>
    public static PublicKey ReadKey(ReadOnlySpan<byte> der)
    {
        if (der.Length is 0 or > LongestBytes)
        {
            throw JoiningErrors.BadRequest($"it has {der.Length} bytes, a PKCS#10 request has up to {LongestBytes}");
        }

        try
        {
            // Whether it is signed with its own key is looked at by the loading.
            var key = CertificateRequest.LoadSigningRequest(der, HashAlgorithmName.SHA256, out var read).PublicKey;
            if (read != der.Length)
            {
                throw JoiningErrors.BadRequest("there are bytes after its end");
            }

            using var curve = key.GetECDsaPublicKey();
            return curve?.ExportParameters(false).Curve.Oid?.Value == P256
                ? key
                : throw JoiningErrors.BadRequest("its key must be of the elliptic curve P-256");
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or ArgumentException)
        {
            throw JoiningErrors.BadRequest($"it must be PKCS#10 in DER, signed with its own key ({unreadable.Message})");
        }
    }
}
