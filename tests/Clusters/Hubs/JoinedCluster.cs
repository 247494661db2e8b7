using Argosy.Clusters.Members;

namespace Argosy.Clusters.Hubs;

/// <summary>A real cluster whose agent dials a hub.</summary>
internal sealed class JoinedCluster
{
    public const string AgentNamespace = "argosy", AgentDeployment = "deployment/argosy-agent";

    private JoinedCluster(MemberCluster member, Proxy network) => (Member, Network) = (member, network);

    public MemberCluster Member { get; }

    /// <summary>What lies between the agent and the hub.</summary>
    public Proxy Network { get; }

    /// <summary>The process of its agent; null while there is none.</summary>
    public int? Agent => Processes.FindAgent(Address(Network));

    public static async Task<JoinedCluster> JoinAsync(TestFleet fleet, MemberCluster member, string labels, Proxy network, int port)
    {
        await SweepAsync(member); // a run that was killed may have left its agent
        var mirrors = string.Join(',', new[] { "docker.io", "gcr.io", "quay.io", "ghcr.io" }.Select(host => $"{host}={TestClusters.Registry}"));
        (await fleet.ArgosyAsync("cluster", "create", member.Name, "--labels", labels)).Succeeded();
        var manifest = (await fleet.ArgosyAsync(
            "cluster", "join-manifest", member.Name, "--hub", Address(network), "--namespace", TestFleet.Default, "--namespace", TestFleet.Chaos,
            "--image", TestClusters.AgentImage!, "--host-network", "--port", $"{port}",
            "--api-server", (await member.ApiServerAsync()).ToString(), "--registry-mirrors", mirrors)).Succeeded();

        // One of the examples asks for all that a kube node with two cores has.
        const string Requested = "cpu: \"50m\"";
        Assert.Contains(Requested, manifest, StringComparison.Ordinal);
        await member.ApplyAsync(manifest.Replace(Requested, "cpu: \"0\"", StringComparison.Ordinal));
        return new JoinedCluster(member, network);
    }

    /// <summary>Takes everything out of the cluster that joining brought, and the pods that tests have left there.</summary>
    public async Task LeaveAsync()
    {
        await SweepAsync(Member);
        await Network.DisposeAsync();
    }

    /// <summary>What its agent says, and what its cluster says of the agent.</summary>
    public async Task<string> SaidAsync() =>
        $"{await Member.KubectlAsync("get", "pods", "--namespace", AgentNamespace, "--output", "wide")}\n"
        + $"{await Member.KubectlAsync("logs", AgentDeployment, "--namespace", AgentNamespace, "--tail=40")}";

    private static async Task SweepAsync(MemberCluster member)
    {
        const string Managed = "argosy.io/managed=true";
        await member.KubectlAsync("delete", "namespace", AgentNamespace, "--ignore-not-found", "--timeout=60s");
        foreach (var used in new[] { TestFleet.Default, TestFleet.Chaos })
        {
            // Without an agent nobody else takes the finalizers away.
            foreach (var held in await member.NamesAsync("pods", used, Managed + ",argosy.io/state=held"))
            {
                await member.KubectlAsync("patch", held, "--namespace", used, "--type=merge", "--patch", """{"metadata": {"finalizers": null}}""");
            }

            await member.KubectlAsync("delete", "pods", "--namespace", used, "--selector", Managed, "--wait=false");
        }

        await member.KubectlAsync("delete", "namespace", TestFleet.Chaos, "--ignore-not-found", "--timeout=60s");
    }

    private static string Address(Proxy network) => $"https://127.0.0.1:{network.Port}";
}
