using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Argosy.Clusters.Members;
using Argosy.Scenarios.Hubs;

[assembly: AssemblyFixture(typeof(Argosy.Clusters.Hubs.TestFleet))]

namespace Argosy.Clusters.Hubs;

/// <summary>
/// One hub and the real clusters, joined as an administrator joins them: declared, a manifest printed, the manifest applied. Each agent reaches
/// the hub through a proxy of its own. Everything the tests have made in the clusters goes with the fleet.
/// </summary>
public sealed class TestFleet : IAsyncLifetime
{
    /// <summary>Where most tests' pods run. Chaos counts its own and has a namespace for itself.</summary>
    internal const string Default = "default", Chaos = "chaos";

    /// <summary>Agents share this machine's network: the second listens on the port after this one.</summary>
    private const int FirstAgentPort = 2750;

    private const string ClusterObjects = "/apis/argosy.io/v1alpha1/clusters";

    private static readonly Dictionary<string, string> Labels = new(StringComparer.Ordinal) { ["gpu"] = "accelerator=nvidia", ["serving"] = "tier=serving" };

    private readonly int port = FreePort();
    private readonly int agentsPort = FreePort();
    private readonly List<JoinedCluster> joined = [];
    private SmallDisk? disk;
    private HubProcess? hub;
    private HubApi? api;

    internal HubFolder Folder { get; } = new();

    internal HubApi Api => api ?? throw new InvalidOperationException("the fleet is not up");

    internal string Said => hub?.Said ?? "";

    /// <summary>The disk that holds the hub's data.</summary>
    internal SmallDisk Disk => disk!;

    internal IReadOnlyList<JoinedCluster> Clusters => joined;

    internal JoinedCluster Gpu => this["gpu"];

    internal JoinedCluster Serving => this["serving"];

    private JoinedCluster this[string name] => joined.Single(cluster => cluster.Member.Name == name);

    /// <summary>Skips the running test, saying why, where there are no clusters.</summary>
    internal static void Require() => Assert.SkipWhen(TestClusters.Lacking is not null, TestClusters.Lacking ?? "");

    public async ValueTask InitializeAsync()
    {
        if (TestClusters.Lacking is not null)
        {
            return;
        }

        try
        {
            disk = await SmallDisk.MountAsync(Folder.Data);
            await StartHubAsync();
            api = new HubApi(await hub!.Ready, (await File.ReadAllTextAsync(Path.Combine(Folder.Data, "admin-token"))).Trim());
            await api.ApplyAsync(Documents.Parse($"{{apiVersion: v1, kind: Namespace, metadata: {{name: {Chaos}}}}}"), Default);
            joined.AddRange(await Task.WhenAll(TestClusters.All().Select((member, index) =>
                JoinedCluster.JoinAsync(this, member, Labels.GetValueOrDefault(member.Name, "test=true"), new Proxy(agentsPort), FirstAgentPort + index))));
            await Task.WhenAll(joined.Select(ReadyAsync));
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    internal Task<Finished> ArgosyAsync(params string[] arguments) => ArgosyProgram.RunAsync(Folder, arguments);

    /// <summary>Stock kubectl, speaking to the hub.</summary>
    internal Task<Finished> KubectlAsync(params string[] arguments) =>
        Finished.RunAsync(new System.Diagnostics.ProcessStartInfo("kubectl", ["--kubeconfig", Folder.Kubeconfig, .. arguments]));

    internal Task<JsonObject> UntilPhaseAsync(JoinedCluster cluster, string phase, TimeSpan patience) =>
        Api.UntilAsync(ClusterObjects, cluster.Member.Name, seen => Story.PhaseOf(seen) == phase, patience);

    /// <summary>Waits until a cluster's agent has been heard of; if it is not, the exception brings what the agent says.</summary>
    internal async Task ReadyAsync(JoinedCluster cluster)
    {
        try
        {
            await UntilPhaseAsync(cluster, "Ready", TimeSpan.FromMinutes(2));
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}\n{await cluster.SaidAsync()}\nthe hub said:\n{Said}");
        }
    }

    internal Task SaysAsync(Regex wanted, TimeSpan patience) => hub!.SaysAsync(wanted, patience);

    internal Task KillHubAsync() => hub!.KillAsync();

    /// <summary>Starts the hub on the data it has, at the addresses it had.</summary>
    internal async Task StartHubAsync()
    {
        if (hub is not null)
        {
            await hub.DisposeAsync();
        }

        hub = HubProcess.LaunchAlone(Folder, "--listen", $"127.0.0.1:{port}", "--agents", $"127.0.0.1:{agentsPort}");
        await hub.Ready.WaitAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(joined.Select(cluster => cluster.LeaveAsync()));
        joined.Clear();
        api?.Dispose();
        if (hub is not null)
        {
            await hub.DisposeAsync();
            hub = null;
        }

        if (disk is not null)
        {
            await disk.DisposeAsync();
            disk = null;
        }

        Folder.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
