using System.Text.Json;
using Argosy.ClusterAgent.Kubernetes.Api;
using Argosy.ClusterAgent.Outbound;
using Argosy.ClusterAgent.Podless.Resources;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Podless;

/// <summary>Finds who does the work of a template that needs no pod.</summary>
internal sealed class PodlessTemplates(IReadOnlyList<IPodlessTemplate> kinds)
{
    /// <summary>For a cluster whose objects are the hub's. Its pods are processes of this machine, which reach all that it reaches.</summary>
    public static PodlessTemplates Of(IHubLink hub, TimeProvider time) => new(
    [
        new HttpTemplate((reader, kind, name, token) => hub.ReadConfigurationAsync(kind, reader.Key.Namespace, name, token), time, Reach.Anywhere),
        new DataTemplate(hub), new ResourceTemplate(hub), new PluginTemplate(),
    ]);

    /// <summary>For a Kubernetes cluster.</summary>
    public static PodlessTemplates Of(KubernetesClient client, OwnedObjects owned, IHubLink hub, TimeProvider time, Reach reach) => new(
    [
        new HttpTemplate(new ClusterConfigurations(client).ReadAsync, time, reach),
        new DataTemplate(hub), new KubernetesResourceTemplate(client, new ApiDiscovery(client), owned, hub, time), new PluginTemplate(),
    ]);

    /// <summary>The work of the intent's template; null when it needs a pod.</summary>
    public Func<CancellationToken, Task<NodeReport>>? Find(PodIntent intent)
    {
        if (!kinds.Any(kind => intent.TemplateJson.Contains($"\"{kind.Field}\"", StringComparison.Ordinal)))
        {
            return null; // most templates: not worth reading twice
        }

        using var template = JsonDocument.Parse(intent.TemplateJson);
        foreach (var kind in kinds)
        {
            if (template.RootElement.TryGetProperty(kind.Field, out var found) && found.ValueKind == JsonValueKind.Object)
            {
                var body = found.Clone();
                return cancellationToken => kind.RunAsync(intent, body, cancellationToken);
            }
        }

        return null;
    }
}

/// <summary>A template whose executor plugin nobody answers for.</summary>
internal sealed class PluginTemplate : IPodlessTemplate
{
    public string Field => "plugin";

    public Task<NodeReport> RunAsync(PodIntent intent, JsonElement body, CancellationToken cancellationToken) => throw new PodlessException(
        $"plugin templates need an executor plugin, and this cluster has none for \"{string.Join(", ", body.EnumerateObject().Select(plugin => plugin.Name))}\"");
}
