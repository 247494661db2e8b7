using Argosy.ControlPlane.Artifacts;

namespace Argosy.ControlPlane.Tests.Artifacts;

/// <summary>Secrets by "namespace/name/key".</summary>
internal sealed class GivenSecrets : Dictionary<string, string>, ISecretReader
{
    public Task<string?> ReadAsync(string @namespace, string name, string key, CancellationToken cancellationToken) =>
        Task.FromResult(this.GetValueOrDefault($"{@namespace}/{name}/{key}"));
}
