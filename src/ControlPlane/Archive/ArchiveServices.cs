using Argosy.ControlPlane.Resources;
using Microsoft.Extensions.DependencyInjection;

namespace Argosy.ControlPlane.Archive;

internal static class ArchiveServices
{
    public static void AddArchive(this IServiceCollection services)
    {
        services.AddOptions<ArchiveOptions>().BindConfiguration(ArchiveOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<NodeStore>();
        services.AddSingleton<IObjectParts>(provider => provider.GetRequiredService<NodeStore>());
        services.AddSingleton<WorkflowArchive>();
        services.AddHostedService<ArchiveController>();
    }
}
