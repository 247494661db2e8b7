using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Argosy.ClusterAgent.Kubernetes.Connecting;

/// <summary>Credentials that never change: a token, a password, a client certificate.</summary>
public sealed class FixedCredentials(string? authorization, X509Certificate2? certificate) : ICredentials
{
    public static FixedCredentials Token(string token, X509Certificate2? certificate) => new($"Bearer {token}", certificate);

    public static FixedCredentials Password(string name, string password, X509Certificate2? certificate) =>
        new($"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}"))}", certificate);

    public ValueTask<Credential> GetAsync(bool refused, CancellationToken cancellationToken) => new(new Credential(authorization, certificate));
}
