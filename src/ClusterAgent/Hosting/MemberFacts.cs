using Argosy.ClusterAgent.Connection;
using Argosy.ClusterAgent.Kubernetes.Api;
using Microsoft.Extensions.Logging;

namespace Argosy.ClusterAgent.Hosting;

/// <summary>What tells one Kubernetes cluster from another.</summary>
/// <param name="Uid">Of its kube-system namespace: it lives as long as the cluster.</param>
internal sealed record MemberFacts(string Uid, string KubernetesVersion)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>As <see cref="Contracts.Agents.Hello.Facts"/>.</summary>
    public Dictionary<string, string> ToFacts() => new() { ["member-uid"] = Uid, ["kubernetes"] = KubernetesVersion };

    /// <summary>Asks until the API server answers.</summary>
    public static async Task<MemberFacts> ReadAsync(
        KubernetesClient client, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                var system = await client.GetAsync(ResourceType.Namespace, null, "kube-system", cancellationToken);
                var version = await client.ReadAsync("version", cancellationToken);
                return new MemberFacts((string?)system["metadata"]?["uid"] ?? "", (string?)version["gitVersion"] ?? "");
            }
            catch (KubernetesException refusal)
            {
                logger.ClusterSilent(pause, refusal.Message);
                await Task.Delay(Jitter.About(pause), time, cancellationToken);
            }
        }
    }
}
