using Argosy.ControlPlane.Resources;
using Microsoft.Extensions.Hosting;

namespace Argosy.ControlPlane.Joining;

/// <summary>Takes the identity of a cluster away when its object is deleted; one declared again under its name is another cluster.</summary>
internal sealed class DeletedClusters(IResources resources, ClusterIdentities identities) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var change in resources.ObserveAsync(Kinds.Cluster, stoppingToken))
                {
                    if (change.Type == ResourceChangeType.Deleted)
                    {
                        await identities.RevokeUidAsync(change.Uid, stoppingToken);
                    }
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // The hub is stopping.
            }
            catch (ApiException fallenBehind) when (fallenBehind.Code == 410)
            {
                // What was missed is refused by its uid at its next call.
            }
        }
    }
}
