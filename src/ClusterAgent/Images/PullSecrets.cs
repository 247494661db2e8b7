using System.Text;
using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Kubernetes.Api;

namespace Argosy.ClusterAgent.Images;

/// <summary>
/// Reads pull secrets in the name of the pod's service account, where that may read them. Few may: then registries are asked as by anybody,
/// and what they say to that is what the author hears.
/// </summary>
internal sealed class PullSecrets(KubernetesClient client)
{
    private static readonly ResourceType Secret = new("", "v1", "secrets", "Secret", true);

    public async Task<RegistryCredentials> ReadAsync(
        string @namespace, string serviceAccount, IEnumerable<string> names, CancellationToken cancellationToken)
    {
        var inItsName = client.As(@namespace, serviceAccount);
        List<string> configs = [];
        foreach (var name in names)
        {
            try
            {
                if (await inItsName.FindAsync(Secret, @namespace, name, cancellationToken) is { } secret && Config(secret) is { } config)
                {
                    configs.Add(config);
                }
            }
            catch (KubernetesException refusal) when (refusal.Code == 403)
            {
                // Not for us.
            }
        }

        return RegistryCredentials.Read(configs);
    }

    private static string? Config(JsonObject secret)
    {
        var data = secret["data"]?[".dockerconfigjson"] ?? secret["data"]?[".dockercfg"];
        return data is null ? null : Encoding.UTF8.GetString(Convert.FromBase64String(data.ToString()));
    }
}
