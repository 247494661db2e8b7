using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Argosy.ClusterAgent.Kubernetes.Api;

/// <summary>
/// Which kinds the cluster serves, and under which paths. Asked for per group and version and remembered; a kind that is not known is
/// looked for again, for it may have been installed since.
/// </summary>
public sealed class ApiDiscovery(KubernetesClient client)
{
    private readonly ConcurrentDictionary<string, IReadOnlyList<ResourceType>> _known = new(StringComparer.Ordinal);

    /// <summary>The kind of an object such as manifests name it; null when the cluster does not serve it.</summary>
    public async Task<ResourceType?> FindAsync(string apiVersion, string kind, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(apiVersion, out var known) && known.FirstOrDefault(type => type.Kind == kind) is { } remembered)
        {
            return remembered;
        }

        try
        {
            var path = apiVersion.Contains('/', StringComparison.Ordinal) ? $"apis/{apiVersion}" : $"api/{apiVersion}";
            var types = Read(await client.ReadAsync(path, cancellationToken), apiVersion);
            _known[apiVersion] = types;
            return types.FirstOrDefault(type => type.Kind == kind);
        }
        catch (KubernetesException refusal) when (refusal.IsNotFound)
        {
            return null;
        }
    }

    private static List<ResourceType> Read(JsonObject list, string apiVersion)
    {
        var (group, version) = apiVersion.Split('/') is [var named, var versioned] ? (named, versioned) : ("", apiVersion);
        return
        [
            .. (list["resources"] as JsonArray ?? []).OfType<JsonObject>()
                .Where(resource => ((string?)resource["name"])?.Contains('/', StringComparison.Ordinal) == false) // the rest are subresources
                .Select(resource => new ResourceType(
                    group, version, (string)resource["name"]!, (string?)resource["kind"] ?? "", resource["namespaced"]?.GetValue<bool>() ?? false)),
        ];
    }
}
