using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Argosy.ControlPlane.Clusters;

internal static class ClusterServices
{
    public static void AddClusters(this IServiceCollection services, string? defaultCluster)
    {
        services.AddOptions<ClusterOptions>().BindConfiguration(ClusterOptions.SectionName)
            .Configure(options => options.DefaultCluster = defaultCluster ?? options.DefaultCluster)
            .ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<Fleet>();
        services.AddHostedService(provider => provider.GetRequiredService<Fleet>());
        services.AddSingleton<ClusterDeclaration>();
    }
}
