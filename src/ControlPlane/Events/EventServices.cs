using Argosy.ControlPlane.Resources;
using Microsoft.Extensions.DependencyInjection;

namespace Argosy.ControlPlane.Events;

public static class EventServices
{
    /// <summary>Adds what serves events from outside; needs <see cref="IResources"/>.</summary>
    public static void AddEvents(this IServiceCollection services)
    {
        services.AddSingleton<EventDispatch>();
        services.AddSingleton<EventQueue>();
        services.AddHostedService(provider => provider.GetRequiredService<EventQueue>());
    }
}
