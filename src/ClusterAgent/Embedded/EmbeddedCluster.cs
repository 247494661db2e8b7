using Argosy.ClusterAgent.Connection;
using Argosy.Contracts.Agents;
using Microsoft.Extensions.Logging;

namespace Argosy.ClusterAgent.Embedded;

/// <summary>An embedded cluster: an agent whose pods are processes of this machine.</summary>
public static class EmbeddedCluster
{
    /// <summary>
    /// Makes the cluster's agent; it serves while its <see cref="ClusterAgentHost.RunAsync"/> runs, and its pods end with that.
    /// </summary>
    public static ClusterAgentHost Create(EmbeddedClusterOptions options, IHubLink hub, TimeProvider time, ILoggerFactory loggers)
    {
        var runtime = new EmbeddedRuntime(options, hub, time, loggers.CreateLogger<EmbeddedRuntime>());
        return new ClusterAgentHost(
            new ClusterAgentOptions { Cluster = options.Name, Facts = options.Facts },
            hub,
            runtime,
            time,
            loggers.CreateLogger<ClusterAgentHost>());
    }
}
