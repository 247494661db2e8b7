namespace Argosy.ControlPlane.Access;

/// <summary>How the hub speaks TLS.</summary>
public sealed record TlsOptions
{
    /// <summary>
    /// DNS names and addresses that clients know the hub by, for the certificate of the hub's own authority; localhost, this machine's name and
    /// the address it listens on are always among them. The first one is the kubeconfig's.
    /// </summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>PEM file with the operator's own certificate (and its chain); null (default): the hub's authority issues one.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file with the key of <see cref="CertificateFile"/>.</summary>
    public string? KeyFile { get; init; }
}
