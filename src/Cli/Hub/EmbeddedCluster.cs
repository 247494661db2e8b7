using Argosy.Contracts.Agents;

namespace Argosy.Cli.Hub;

/// <summary>An embedded cluster's agent in this process.</summary>
internal static class EmbeddedCluster
{
    /// <summary>Serves the cluster until cancelled.</summary>
    public static Task RunAsync(EmbeddedClusterSpec cluster, string folder, IHubLink hub, CancellationToken cancellationToken) =>
        throw new CommandException($"this build has no embedded clusters: it cannot run cluster {cluster.Name}");
}
