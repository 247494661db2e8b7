using System.Security.Cryptography.X509Certificates;

namespace Argosy.ClusterAgent.Kubernetes.Connecting;

/// <summary>
/// A token in a file that somebody else renews, as the kubelet does for service accounts. It is read again every minute, and at once when
/// the server refuses it.
/// </summary>
internal sealed class TokenFile(string path, X509Certificate2? certificate, TimeProvider time) : ICredentials
{
    private static readonly TimeSpan ReadAgainAfter = TimeSpan.FromMinutes(1);

    private Credential? _current;
    private DateTimeOffset _readAt;

    public async ValueTask<Credential> GetAsync(bool refused, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (_current is { } current && !refused && now - _readAt < ReadAgainAfter)
        {
            return current;
        }

        var token = (await File.ReadAllTextAsync(path, cancellationToken)).Trim();
        (_current, _readAt) = (new Credential($"Bearer {token}", certificate), now);
        return _current;
    }
}
