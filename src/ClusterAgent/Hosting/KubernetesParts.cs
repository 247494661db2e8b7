using System.Globalization;
using System.Net;
using Argosy.ClusterAgent.Executors;
using Argosy.ClusterAgent.Images;
using Argosy.ClusterAgent.Kubernetes;
using Argosy.ClusterAgent.Kubernetes.Pods;
using Argosy.ClusterAgent.Outbound;
using Argosy.ClusterAgent.Podless;
using Argosy.ClusterAgent.Podless.Resources;

namespace Argosy.ClusterAgent.Hosting;

/// <summary>Puts together what runs pods in a Kubernetes cluster.</summary>
internal static class KubernetesParts
{
    /// <param name="variable">The environment: what the join manifest's Deployment says of the agent's own pod.</param>
    public static RuntimeParts Of(AgentParts parts, Func<string, string?> variable)
    {
        var options = parts.Options;
        var images = new ImageConfigs(RegistryMirrors.Parse(string.Join(',', options.RegistryMirrors.Select(mirror => $"{mirror.Key}={mirror.Value}"))), parts.Time);
        var secrets = new PullSecrets(parts.Client);
        var owned = new OwnedObjects(parts.Client, options.Namespaces);
        var runtime = new KubernetesRuntime(
            new PodOptions
            {
                Namespaces = options.Namespaces, Image = options.Image, ExecutorUrls = () => Addresses(options, parts.Listening, variable),
            },
            parts.Client,
            parts.Hub,
            async (image, intent, pullSecrets, cancellationToken) =>
            {
                try
                {
                    var found = await images.FindAsync(
                        new PullIdentity(intent.Key.Namespace, intent.ServiceAccount, pullSecrets),
                        image,
                        token => secrets.ReadAsync(intent.Key.Namespace, intent.ServiceAccount, pullSecrets, token),
                        cancellationToken);
                    return new ImageCommand(found.Entrypoint, found.Command);
                }
                catch (ImageLookupException unknown)
                {
                    throw new PodRefusedException(unknown.Message, unknown);
                }
            },
            PodlessTemplates.Of(parts.Client, owned, parts.Hub, parts.Time, options.HttpAllowLocal ? Reach.Anywhere : Reach.BeyondThisMachine),
            owned,
            parts.Time,
            parts.Loggers);
        return new RuntimeParts(runtime)
        {
            Capacity = runtime.Capacity,
            Trouble = runtime.Trouble,
            Map = endpoints => endpoints.MapExecutors(parts.Hub, runtime, new PodAuthentication(parts.Client, parts.Time)),
        };
    }

    /// <summary>
    /// How pods reach the agent. In a pod of its own it has a Service, whose address outlives it; on a host's network, and outside of the cluster, the host
    /// is what the agent can be reached at, which for pods of that host is also their gateway.
    /// </summary>
    internal static IReadOnlyList<string> Addresses(AgentOptions options, Task<IPEndPoint> listening, Func<string, string?> variable)
    {
        if (options.ExecutorUrls.Count > 0)
        {
            return [.. options.ExecutorUrls.Select(url => url.AbsoluteUri.TrimEnd('/'))];
        }

        var port = (listening.IsCompletedSuccessfully ? listening.Result.Port : options.Listen.Port).ToString(CultureInfo.InvariantCulture);
        var (pod, host) = (variable("POD_IP"), variable("HOST_IP"));
        List<string> addresses = [];
        if (pod is { Length: > 0 } && pod != host)
        {
            if (variable("ARGOSY_AGENT_SERVICE_HOST") is { Length: > 0 } service)
            {
                addresses.Add($"http://{Bracketed(service)}:{variable("ARGOSY_AGENT_SERVICE_PORT") ?? port}");
            }

            addresses.Add($"http://{Bracketed(pod)}:{port}");
            return addresses;
        }

        addresses.Add($"gateway:{port}");
        if (host is { Length: > 0 })
        {
            addresses.Add($"http://{Bracketed(host)}:{port}");
        }

        return addresses;
    }

    private static string Bracketed(string address) => address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
}
