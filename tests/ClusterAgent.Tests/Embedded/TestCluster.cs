using Argosy.ClusterAgent.Connection;
using Argosy.ClusterAgent.Embedded;
using Argosy.ClusterAgent.Embedded.Views;
using Argosy.Contracts.Agents;
using Microsoft.Extensions.Logging.Abstractions;

namespace Argosy.ClusterAgent.Tests.Embedded;

/// <summary>An embedded cluster in a folder of its own, with a name that needs quoting, and its agent connected to a fake hub.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private readonly CancellationTokenSource _ends = new();
    private readonly EmbeddedRuntime _runtime;
    private readonly ClusterAgentHost _agent;
    private readonly Task _serving;
    private readonly bool _ownsFolder;

    private TestCluster(FakeHub hub, string? data, int maxPods, IReadOnlyList<ViewKind>? hopes)
    {
        _ownsFolder = data is null;
        Data = data ?? NewFolder();
        Hub = hub;
        var options = new EmbeddedClusterOptions { Name = "test", DataFolder = Data, MaxPods = maxPods };
        _runtime = new EmbeddedRuntime(options, hub, TimeProvider.System, NullLogger<EmbeddedRuntime>.Instance) { Hopes = hopes ?? ViewProbe.Hopes };
        _agent = new ClusterAgentHost(
            new ClusterAgentOptions { Cluster = "test" }, hub, _runtime, TimeProvider.System, NullLogger<ClusterAgentHost>.Instance);
        _serving = _agent.RunAsync(_ends.Token);
    }

    public FakeHub Hub { get; }

    public string Data { get; }

    public IAgentServices Services => _agent;

    public ViewKind View => _runtime.View;

    public static async Task<TestCluster> StartAsync(
        FakeHub? hub = null, string? data = null, int maxPods = 16, IReadOnlyList<ViewKind>? hopes = null)
    {
        hub ??= new FakeHub();
        var from = hub.Heard.Count;
        var cluster = new TestCluster(hub, data, maxPods, hopes);
        var connected = hub.HearsAsync(message => message.Heartbeat is not null, from);
        await await Task.WhenAny(connected, cluster._serving);
        return cluster;
    }

    /// <summary>A cluster whose pods see the machine copy-on-write; where the kernel refuses, the test is skipped aloud.</summary>
    public static async Task<TestCluster> StartPrivateAsync(FakeHub? hub = null, string? data = null, IReadOnlyList<ViewKind>? hopes = null)
    {
        var cluster = await StartAsync(hub, data, hopes: hopes);
        if (cluster.View == ViewKind.PlainFolder)
        {
            await cluster.DisposeAsync();
            Assert.Skip("this kernel refuses mount namespaces or overlays, so there is no private view to test");
        }

        return cluster;
    }

    public static string NewFolder() => Directory.CreateTempSubdirectory("argosy agent ").FullName;

    /// <summary>Runs a pod to its end.</summary>
    public async Task<NodeReport> RunAsync(PodIntent intent)
    {
        Hub.Run(intent);
        return await Hub.FinalReportAsync(intent.Key);
    }

    public async Task<IReadOnlyList<string>> LogAsync(AttemptKey key, string container = "main", bool follow = false, long tail = -1)
    {
        var lines = new List<string>();
        var request = new LogRequest { Key = key, Container = container, Follow = follow, TailLines = tail };
        await foreach (var line in Services.ReadLogAsync(request, TestContext.Current.CancellationToken))
        {
            lines.Add(line.Text);
        }

        return lines;
    }

    /// <summary>The folder in which the agent keeps an attempt.</summary>
    public string FolderOf(AttemptKey key) => Path.Join(Data, "pods", ClusterAgent.Embedded.Attempts.AttemptFolder.NameOf(key));

    /// <summary>The agent ends; the data stays for its next life.</summary>
    public async Task StopAsync()
    {
        await _ends.CancelAsync();
        await _serving;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _runtime.Dispose();
        _ends.Dispose();
        if (_ownsFolder)
        {
            FolderRemoval.Remove(Data);
        }
    }
}
