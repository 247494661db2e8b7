using Argosy.ControlPlane.Resources;
using Microsoft.Extensions.Hosting;
using Orleans;

namespace Argosy.ControlPlane.Synchronization;

/// <summary>Tells the arbiter of locks when a ConfigMap changes, for limits are in ConfigMaps.</summary>
internal sealed class ConfigMapWatch(IResources resources, IGrainFactory grains) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var change in resources.ObserveAsync(Kinds.ConfigMap, stoppingToken))
                {
                    grains.GetGrain<ILockGrain>(ILockGrain.Key).ConfigMapChanged(change.Key.Namespace ?? "", change.Key.Name).Ignore();
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // The hub is stopping.
            }
            catch (ApiException fallenBehind) when (fallenBehind.Code == 410)
            {
                // Too far behind the changes: every ConfigMap is looked at again.
            }
        }
    }
}
