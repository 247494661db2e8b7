using Argosy.ClusterAgent.Embedded;
using Argosy.Contracts.Agents;
using Microsoft.Extensions.Logging.Abstractions;

namespace Argosy.Cli.Hub;

/// <summary>An embedded cluster's agent in this process.</summary>
internal static class EmbeddedAgent
{
    /// <summary>Serves the cluster until cancelled. Its steps do not see the hub's data.</summary>
    public static Task RunAsync(
        EmbeddedClusterSpec cluster, string folder, string dataDirectory, IHubLink hub, CancellationToken cancellationToken)
    {
        var options = new EmbeddedClusterOptions { Name = cluster.Name, DataFolder = folder, HiddenFolders = [dataDirectory] };
        return EmbeddedCluster.Create(options, hub, TimeProvider.System, NullLoggerFactory.Instance).RunAsync(cancellationToken);
    }
}
