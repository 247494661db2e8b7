using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Argosy.ClusterAgent.Kubernetes.Api;

/// <summary>
/// Which kinds the cluster serves, and under which paths. Asked for per group and version and remembered; a kind that is not known is
/// looked for again, for it may have been installed since.
/// </summary>
public sealed class ApiDiscovery(KubernetesClient client)
{
    private readonly ConcurrentDictionary<string, IReadOnlyList<Served>> _known = new(StringComparer.Ordinal);

    /// <summary>A kind with the other words that people have for it.</summary>
    private sealed record Served(ResourceType Type, IReadOnlyList<string> Words);

    /// <summary>The kind of an object such as manifests name it; null when the cluster does not serve it.</summary>
    public async Task<ResourceType?> FindAsync(string apiVersion, string kind, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(apiVersion, out var known) && known.FirstOrDefault(served => served.Type.Kind == kind) is { } remembered)
        {
            return remembered.Type;
        }

        return (await ReadAsync(apiVersion, cancellationToken)).FirstOrDefault(served => served.Type.Kind == kind)?.Type;
    }

    /// <summary>
    /// The kind that a word of kubectl means: <c>pods</c>, <c>pod</c>, <c>po</c>, <c>deployments.apps</c>, <c>deployments.v1.apps</c>. Of several
    /// the core's own goes first, then that of the group the server lists first, in the version it prefers. Null: there is none.
    /// </summary>
    public async Task<ResourceType?> FindByWordAsync(string word, CancellationToken cancellationToken)
    {
        var (name, group) = word.Split('.', 2) is [var first, var rest] ? (first, rest) : (word, null);
        if (group is null && Match(await KnownAsync("v1", cancellationToken), name) is { } core)
        {
            return core;
        }

        foreach (var listed in (await client.ReadAsync("apis", cancellationToken))["groups"] as JsonArray ?? [])
        {
            var groupName = (string?)listed?["name"] ?? "";
            var version = (string?)listed?["preferredVersion"]?["groupVersion"];
            if (group is not null && group != groupName)
            {
                version = (listed?["versions"] as JsonArray ?? []).FirstOrDefault(item => group == $"{item?["version"]}.{groupName}")?["groupVersion"]?.ToString();
            }

            if (version is not null && Match(await (group is null ? AvailableAsync(version, cancellationToken) : KnownAsync(version, cancellationToken)), name) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static ResourceType? Match(IReadOnlyList<Served> served, string name) =>
        served.FirstOrDefault(one => one.Words.Contains(name, StringComparer.OrdinalIgnoreCase))?.Type;

    /// <summary>Where any group may have the word: one whose own server is away must not keep the others from being used.</summary>
    private async Task<IReadOnlyList<Served>> AvailableAsync(string apiVersion, CancellationToken cancellationToken)
    {
        try
        {
            return await KnownAsync(apiVersion, cancellationToken);
        }
        catch (KubernetesException away) when (away.Code == 503)
        {
            return [];
        }
    }

    private async Task<IReadOnlyList<Served>> KnownAsync(string apiVersion, CancellationToken cancellationToken) =>
        _known.TryGetValue(apiVersion, out var known) ? known : await ReadAsync(apiVersion, cancellationToken);

    private async Task<IReadOnlyList<Served>> ReadAsync(string apiVersion, CancellationToken cancellationToken)
    {
        try
        {
            var path = apiVersion.Contains('/', StringComparison.Ordinal) ? $"apis/{apiVersion}" : $"api/{apiVersion}";
            return _known[apiVersion] = Read(await client.ReadAsync(path, cancellationToken), apiVersion);
        }
        catch (KubernetesException refusal) when (refusal.IsNotFound)
        {
            return [];
        }
    }

    private static List<Served> Read(JsonObject list, string apiVersion)
    {
        var (group, version) = apiVersion.Split('/') is [var named, var versioned] ? (named, versioned) : ("", apiVersion);
        return
        [
            .. (list["resources"] as JsonArray ?? []).OfType<JsonObject>()
                .Where(resource => ((string?)resource["name"])?.Contains('/', StringComparison.Ordinal) == false) // the rest are subresources
                .Select(resource => new Served(
                    new ResourceType(
                        group, version, (string)resource["name"]!, (string?)resource["kind"] ?? "", resource["namespaced"]?.GetValue<bool>() ?? false),
                    [
                        (string)resource["name"]!, (string?)resource["singularName"] ?? "", (string?)resource["kind"] ?? "",
                        .. (resource["shortNames"] as JsonArray ?? []).Select(shorter => shorter!.ToString()),
                    ])),
        ];
    }
}
