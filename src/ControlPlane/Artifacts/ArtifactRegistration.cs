using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Argosy.ControlPlane.Artifacts;

/// <summary>Composes the hub's artifacts.</summary>
public static class ArtifactRegistration
{
    /// <summary>
    /// Adds <see cref="IArtifacts"/> with the drivers embedded, http, raw and s3. Credentials come from the hub's Secret objects unless
    /// another <see cref="ISecretReader"/> is registered.
    /// </summary>
    /// <param name="dataDirectory">The hub's data directory; the embedded store is its folder <c>artifacts</c>.</param>
    public static IServiceCollection AddArtifacts(this IServiceCollection services, string dataDirectory)
    {
        services.TryAddSingleton<ISecretReader, ResourceSecrets>();
        services.AddSingleton<IArtifactDriver>(new EmbeddedArtifactDriver(Path.Combine(Path.GetFullPath(dataDirectory), "artifacts")));
        services.AddSingleton<IArtifactDriver, HttpArtifactDriver>();
        services.AddSingleton<IArtifactDriver, RawArtifactDriver>();
        services.AddSingleton<IArtifactDriver, S3ArtifactDriver>();
        services.TryAddSingleton<IArtifacts, ArtifactStore>();
        return services;
    }
}
