using Microsoft.Extensions.DependencyInjection;

namespace Argosy.ControlPlane.Journal;

internal static class JournalServices
{
    public static void AddJournal(this IServiceCollection services)
    {
        services.AddSingleton<WorkflowJournal>();
        services.AddSingleton<IJournal>(provider => provider.GetRequiredService<WorkflowJournal>());
    }
}
