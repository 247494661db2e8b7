using Microsoft.Extensions.DependencyInjection;

namespace Argosy.ControlPlane.Cron;

internal static class CronServices
{
    public static void AddCronWorkflows(this IServiceCollection services)
    {
        services.AddSingleton<CronChildIndex>();
        services.AddSingleton<CronObject>();
        services.AddHostedService<CronController>();
    }
}
