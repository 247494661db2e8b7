using System.Text.Json;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Podless;

/// <summary>
/// A <c>resource</c> template in a cluster without an API server of its own: the hub, which speaks the Kubernetes API, does what it can and
/// refuses the rest.
/// </summary>
internal sealed class ResourceTemplate(IHubLink hub) : IPodlessTemplate
{
    public string Field => "resource";

    public Task<NodeReport> RunAsync(PodIntent intent, JsonElement body, CancellationToken cancellationToken) =>
        hub.ActOnResourceAsync(intent, cancellationToken);
}
