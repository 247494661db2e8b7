using Argosy.ControlPlane.Workflows;
using Microsoft.Extensions.DependencyInjection;

namespace Argosy.ControlPlane.Memoization;

internal static class MemoizationServices
{
    public static void AddMemoization(this IServiceCollection services)
    {
        services.AddSingleton<MemoCaches>();
        services.AddSingleton<IOrderAnswer>(provider => provider.GetRequiredService<MemoCaches>());
        services.AddSingleton<IOrderCarrier>(provider => provider.GetRequiredService<MemoCaches>());
    }
}
