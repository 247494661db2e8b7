using Argosy.ControlPlane.Workflows;
using Microsoft.Extensions.DependencyInjection;

namespace Argosy.ControlPlane.Synchronization;

internal static class SynchronizationServices
{
    public static void AddSynchronization(this IServiceCollection services)
    {
        services.AddSingleton<LockStore>();
        services.AddSingleton<SyncLimitStore>();
        services.AddSingleton<SyncLimits>();
        services.AddSingleton<LockLimits>();
        services.AddSingleton<IOrderCarrier, LockOrderCarrier>();
        services.AddHostedService<ConfigMapWatch>();
    }
}
