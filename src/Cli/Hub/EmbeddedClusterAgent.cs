using Argosy.ClusterAgent.Embedded;
using Argosy.Contracts.Agents;
using Microsoft.Extensions.Logging;

namespace Argosy.Cli.Hub;

/// <summary>An embedded cluster's agent in this process.</summary>
internal static class EmbeddedClusterAgent
{
    /// <summary>Serves the cluster, with its files in the folder, until cancelled. Steps see the data directory around the folder empty.</summary>
    public static async Task RunAsync(EmbeddedClusterSpec cluster, string folder, IHubLink hub, CancellationToken cancellationToken)
    {
        using var loggers = LoggerFactory.Create(logging => logging
            .AddSimpleConsole(console => console.SingleLine = true)
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
            .SetMinimumLevel(LogLevel.Warning));
        var dataDirectory = Path.GetFullPath(Path.Combine(folder, "..", ".."));
        var options = new EmbeddedClusterOptions { Name = cluster.Name, DataFolder = folder, HiddenFolders = [dataDirectory] };
        await EmbeddedCluster.Create(options, hub, TimeProvider.System, loggers).RunAsync(cancellationToken);
    }
}
