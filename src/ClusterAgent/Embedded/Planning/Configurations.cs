using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Embedded.Planning;

/// <summary>The ConfigMaps and Secrets one pod reads, each asked for once.</summary>
internal sealed class Configurations(IHubLink hub, string @namespace)
{
    private readonly Dictionary<(ConfigurationKind, string), IReadOnlyDictionary<string, string>?> _known = [];

    /// <exception cref="PodPlanException">It does not exist and is not optional.</exception>
    public async Task<IReadOnlyDictionary<string, string>?> ReadAsync(
        ConfigurationKind kind, string name, bool optional, CancellationToken cancellationToken)
    {
        if (!_known.TryGetValue((kind, name), out var values))
        {
            values = await hub.ReadConfigurationAsync(kind, @namespace, name, cancellationToken);
            _known[(kind, name)] = values;
        }

        return values is null && !optional
            ? throw new PodPlanException($"{Spelled(kind)} \"{name}\" not found in namespace \"{@namespace}\"")
            : values;
    }

    /// <exception cref="PodPlanException">Object or key do not exist and are not optional.</exception>
    public async Task<string?> ReadKeyAsync(ConfigurationKind kind, KeySelector selector, CancellationToken cancellationToken)
    {
        var values = await ReadAsync(kind, selector.Name, selector.Optional, cancellationToken);
        if (values is not null && values.TryGetValue(selector.Key, out var value))
        {
            return value;
        }

        return selector.Optional
            ? null
            : throw new PodPlanException($"couldn't find key {selector.Key} in {Spelled(kind)} {@namespace}/{selector.Name}");
    }

    private static string Spelled(ConfigurationKind kind) => kind switch
    {
        ConfigurationKind.ConfigMap => "configmap",
        ConfigurationKind.Secret => "secret",
    };
}
