using Argosy.ControlPlane.Resources.Storing;
using Argosy.ControlPlane.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Argosy.ControlPlane.Resources;

public static class ResourceServices
{
    /// <summary>
    /// Adds the hub's objects. Needs a <see cref="HubDatabase"/>; once its schema is there, <see cref="ResourceStore.StartAsync"/> loads
    /// the objects, and only then requests may be served. The key of the secrets is <c>secrets.key</c> in the data directory.
    /// </summary>
    public static IServiceCollection AddResources(this IServiceCollection services, string dataDirectory)
    {
        services.AddOptions<ResourceOptions>().BindConfiguration(ResourceOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(_ => SecretBox.Open(Path.Combine(dataDirectory, "secrets.key")));
        services.AddSingleton(provider => new ResourceStore(
            provider.GetRequiredService<HubDatabase>(),
            provider.GetRequiredService<SecretBox>(),
            provider.GetRequiredService<IOptions<ResourceOptions>>().Value,
            provider.GetServices<IResourceAdmission>,
            provider.GetService<TimeProvider>() ?? TimeProvider.System,
            provider.GetRequiredService<ILogger<ResourceStore>>(),
            provider.GetService<IObjectParts>()));
        services.AddSingleton<IResources>(provider => provider.GetRequiredService<ResourceStore>());
        return services;
    }
}
