using Argosy.ControlPlane.ArgoServer;
using Argosy.ControlPlane.Resources;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Argosy.ControlPlane.Workflows;

internal static class WorkflowServices
{
    public static void AddWorkflows(this IServiceCollection services, WorkflowSettings settings)
    {
        services.AddOptions<WorkflowOptions>().BindConfiguration(WorkflowOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<WorkflowQueue>();
        services.AddHostedService(provider => provider.GetRequiredService<WorkflowQueue>()); // before the controller: it counts what is there
        services.AddSingleton(settings);
        services.AddSingleton<Baselines>();
        services.AddSingleton<WorkflowViews>();
        services.AddSingleton<IWorkflowVerbs, WorkflowVerbs>();
        services.AddSingleton<IWorkflowLogs, WorkflowLogs>();
        services.AddSingleton<IResourceAdmission, WorkflowAdmission>();
        services.AddSingleton<IOrderAnswer, ResourceReading>();
        services.AddSingleton<OverflowOutputs>();
        services.AddSingleton<IOrderCarrier, CleanupCarrier>();
        services.AddHostedService<TimeToLiveController>();
        services.AddSingleton<IManifestLint, ManifestLint>();
        services.AddHostedService<WorkflowController>();
    }
}
