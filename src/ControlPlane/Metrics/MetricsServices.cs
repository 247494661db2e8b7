using Argosy.ControlPlane.Workflows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Argosy.ControlPlane.Metrics;

internal static class MetricsServices
{
    public static void AddHubMetrics(this IServiceCollection services)
    {
        services.AddSingleton<MetricRegistry>();
        services.AddSingleton<HubMetrics>();
        services.AddHostedService(provider => provider.GetRequiredService<HubMetrics>());
        services.AddSingleton<IOrderCarrier, MetricsCarrier>();
    }

    /// <summary>For scrapers with a token, like every endpoint that is not a probe.</summary>
    public static void MapHubMetrics(this IEndpointRouteBuilder app) => app.MapGet(
        "/metrics", (MetricRegistry registry) => Results.Text(registry.Write(), "text/plain; version=0.0.4; charset=utf-8"));
}
