using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Hosting;

namespace Argosy.Cli.Hub;

/// <summary>Serves one embedded cluster, with its files in the folder inside the hub's data directory, until cancelled.</summary>
internal delegate Task RunEmbeddedCluster(
    EmbeddedClusterSpec cluster, string folder, string dataDirectory, IHubLink hub, CancellationToken cancellationToken);

/// <summary>The embedded clusters of a hub in this process. Disposing it ends their agents and everything they run.</summary>
internal sealed class EmbeddedFleet : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly List<Task> agents = [];

    private EmbeddedFleet()
    {
    }

    /// <summary>Declares each cluster to the hub and starts its agent.</summary>
    public static async Task<EmbeddedFleet> StartAsync(
        RunningHub hub, string dataDirectory, IReadOnlyList<EmbeddedClusterSpec> clusters, RunEmbeddedCluster run)
    {
        var fleet = new EmbeddedFleet();
        foreach (var cluster in clusters)
        {
            await hub.DeclareClusterAsync(cluster.Name, cluster.Labels);
            var folder = Path.Combine(dataDirectory, "clusters", cluster.Name);
            fleet.agents.Add(run(cluster, folder, dataDirectory, hub.AgentLink, fleet.stopping.Token));
        }

        return fleet;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await Task.WhenAll(agents).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
    }
}
