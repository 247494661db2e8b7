using System.Security.Cryptography.X509Certificates;

namespace Argosy.ClusterAgent.Kubernetes.Connecting;

/// <summary>Where a cluster's API server is and how to be let in.</summary>
/// <param name="Server">The root of its API, ending in a slash.</param>
public sealed record ClusterConnection(Uri Server)
{
    /// <summary>The namespace that was chosen with the connection.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>Says who asks; null: nobody in particular, or whom a proxy on the way names.</summary>
    public ICredentials? Credentials { get; init; }

    /// <summary>The only authorities to trust; null for those of the machine.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    public bool SkipVerify { get; init; }

    /// <summary>The name on the server's certificate, where it is not the address' host.</summary>
    public string? TlsServerName { get; init; }
}

/// <summary>Who asks. Asked for each request, so that what runs out can be renewed.</summary>
public interface ICredentials
{
    /// <param name="refused">The server did not accept what was shown last: get new ones where that is possible.</param>
    ValueTask<Credential> GetAsync(bool refused, CancellationToken cancellationToken);
}

/// <summary>What is shown to the server.</summary>
/// <param name="Authorization">The header's value, such as <c>Bearer …</c>; null: none.</param>
public sealed record Credential(string? Authorization, X509Certificate2? Certificate);

/// <summary>The kubeconfig, or what it names, cannot be used.</summary>
public sealed class KubeconfigException(string message, Exception? cause = null) : Exception(message, cause);
