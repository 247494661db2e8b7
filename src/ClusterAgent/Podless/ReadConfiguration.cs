using System.Text;
using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Kubernetes.Api;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Podless;

/// <summary>Reads a ConfigMap or Secret for a template, as the pod of that template could: decoded values, null when there is none of this name.</summary>
/// <exception cref="PodlessException">It may not be read.</exception>
internal delegate Task<IReadOnlyDictionary<string, string>?> ReadConfiguration(
    PodIntent reader, ConfigurationKind kind, string name, CancellationToken cancellationToken);

/// <summary>
/// ConfigMaps and Secrets of the agent's own cluster, read in the name of the workflow's service account: the agent itself has no right to any.
/// </summary>
internal sealed class ClusterConfigurations(KubernetesClient client)
{
    private static readonly ResourceType Secret = new("", "v1", "secrets", "Secret", true);

    public async Task<IReadOnlyDictionary<string, string>?> ReadAsync(
        PodIntent reader, ConfigurationKind kind, string name, CancellationToken cancellationToken)
    {
        var account = reader.ServiceAccount.Length > 0 ? reader.ServiceAccount : "default";
        var type = kind == ConfigurationKind.Secret ? Secret : ResourceType.ConfigMap;
        try
        {
            var found = await client.As(reader.Key.Namespace, account).FindAsync(type, reader.Key.Namespace, name, cancellationToken);
            return found is null ? null : Decoded(found, kind);
        }
        catch (KubernetesException refusal) when (refusal.Code == 403)
        {
            throw new PodlessException(
                $"{type.Plural} \"{name}\" may not be read: {refusal.Message}. A step without a pod is done by the agent in its "
                + "service account's name, so grant it: "
                + $"kubectl -n {reader.Key.Namespace} create role read-{name} --verb=get --resource={type.Plural} --resource-name={name}, and "
                + $"kubectl -n {reader.Key.Namespace} create rolebinding read-{name} --role=read-{name} --serviceaccount={reader.Key.Namespace}:{account}");
        }
        catch (KubernetesException refusal)
        {
            throw new PodlessException($"{type.Plural} \"{name}\" cannot be read: {refusal.Message}");
        }
    }

    private static Dictionary<string, string> Decoded(JsonObject found, ConfigurationKind kind) =>
        (found["data"] as JsonObject ?? []).ToDictionary(
            pair => pair.Key,
            pair => pair.Value?.ToString() is { } text ? kind == ConfigurationKind.Secret ? Encoding.UTF8.GetString(Convert.FromBase64String(text)) : text : "");
}
