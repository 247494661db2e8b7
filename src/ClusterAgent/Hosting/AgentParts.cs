using System.Net;
using Argosy.ClusterAgent.Kubernetes.Api;
using Argosy.ClusterAgent.Pods;
using Argosy.Contracts.Agents;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Argosy.ClusterAgent.Hosting;

/// <summary>What a runtime is made of. The hub link is not connected yet, and its calls wait until there is an identity.</summary>
/// <param name="Listening">Where the agent listens for executors, once it does: with a port, also where the options leave it open.</param>
public sealed record AgentParts(
    AgentOptions Options, KubernetesClient Client, IHubLink Hub, Task<IPEndPoint> Listening, TimeProvider Time, ILoggerFactory Loggers);

/// <summary>What runs pods in this cluster, and what else of it the program has to serve.</summary>
/// <param name="Pods">Disposed of at the end, if it can be.</param>
public sealed record RuntimeParts(IPodRuntime Pods)
{
    /// <summary>As <see cref="Connection.ClusterAgentHost.Capacity"/>.</summary>
    public Func<Capacity?> Capacity { get; init; } = () => null;

    /// <summary>What is wrong so that only a new start helps, for /healthz; null: nothing.</summary>
    public Func<string?> Trouble { get; init; } = () => null;

    /// <summary>Endpoints on the agent's listener, beside those for health.</summary>
    public Action<IEndpointRouteBuilder> Map { get; init; } = _ => { };
}
