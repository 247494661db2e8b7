using Argosy.ClusterAgent.Embedded;
using Argosy.Contracts.Agents;
using Microsoft.Extensions.Logging;

namespace Argosy.Cli.Hub;

/// <summary>An embedded cluster's agent in this process.</summary>
internal static class EmbeddedAgent
{
    /// <summary>Serves the cluster until cancelled. Its steps do not see the hub's data.</summary>
    public static async Task RunAsync(
        EmbeddedClusterSpec cluster, string folder, string dataDirectory, IHubLink hub, CancellationToken cancellationToken)
    {
        var options = new EmbeddedClusterOptions { Name = cluster.Name, DataFolder = folder, HiddenFolders = [dataDirectory] };
        using var loggers = LoggerFactory.Create(logging => logging
            .AddSimpleConsole(console => console.SingleLine = true)
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
            .SetMinimumLevel(LogLevel.Warning));
        await EmbeddedCluster.Create(options, hub, TimeProvider.System, loggers).RunAsync(cancellationToken);
    }
}
