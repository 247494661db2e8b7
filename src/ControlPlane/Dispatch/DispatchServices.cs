using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Workflows;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Argosy.ControlPlane.Dispatch;

internal static class DispatchServices
{
    public static void AddDispatch(this IServiceCollection services)
    {
        services.AddSingleton<AgentSessions>();
        services.AddSingleton<ReportIntake>();
        services.AddHostedService(provider => provider.GetRequiredService<ReportIntake>());
        services.AddSingleton<IOrderCarrier, AgentOrderCarrier>();
        services.AddSingleton<ResourceWork>();
        services.AddSingleton<HubLink>();
        services.AddSingleton<IHubLink>(provider => provider.GetRequiredService<HubLink>());
        services.AddSingleton<LogRelay>();
    }
}
