using System.Text;
using Argosy.ControlPlane.Resources;

namespace Argosy.ControlPlane.Artifacts;

/// <summary>Credentials from the hub's own Secret objects.</summary>
internal sealed class ResourceSecrets(IResources resources) : ISecretReader
{
    public async Task<string?> ReadAsync(string @namespace, string name, string key, CancellationToken cancellationToken)
    {
        var secret = await resources.FindAsync(new ResourceKey(Kinds.Secret, @namespace, name), cancellationToken);
        return (string?)secret?["data"]?[key] is { } encoded ? Encoding.UTF8.GetString(Convert.FromBase64String(encoded)) : null;
    }
}
