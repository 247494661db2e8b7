namespace Argosy.ControlPlane.Artifacts;

/// <summary>Reads the credentials that an artifact location names.</summary>
public interface ISecretReader
{
    /// <summary>The decoded value of one key of a Secret; null when there is no such Secret or key.</summary>
    Task<string?> ReadAsync(string @namespace, string name, string key, CancellationToken cancellationToken);
}
