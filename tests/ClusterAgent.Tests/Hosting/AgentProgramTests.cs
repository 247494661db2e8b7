using System.Net;
using Argosy.ClusterAgent.Hosting;
using Argosy.ClusterAgent.Tests.Connection;
using Argosy.ClusterAgent.Tests.Kubernetes;
using Argosy.Contracts.Agents;
using Microsoft.AspNetCore.Builder;

namespace Argosy.ClusterAgent.Tests.Hosting;

/// <summary>The whole program but for its pods, against a hub over TLS and an API server that says which cluster it is.</summary>
public sealed class AgentProgramTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("argosy-agent-").FullName;
    private readonly TaskCompletionSource<AgentParts> _parts = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ends = new();
    private readonly StringWriter _says = new();
    private RemoteHub _hub = null!;
    private ScriptedApiServer _api = null!;

    private string? _trouble;

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _hub = await RemoteHub.StartAsync();
        _api = await ScriptedApiServer.StartAsync();
        _api.Then(200, """{"metadata":{"uid":"uid-of-kube-system"}}""").Then(200, """{"gitVersion":"v1.20.2"}""");
        await File.WriteAllTextAsync(Path.Combine(_folder, "ticket"), "secret", Patience);
        await File.WriteAllTextAsync(Path.Combine(_folder, "hub-ca.crt"), _hub.Authority.Pem, Patience);
        await File.WriteAllTextAsync(
            Path.Combine(_folder, ".kubeconfig"),
            $$"""
            current-context: it
            contexts: [{ name: it, context: { cluster: it } }]
            clusters: [{ name: it, cluster: { server: "{{_api.Connection.Server}}" } }]
            """,
            Patience);
    }

    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync();
        await _hub.DisposeAsync();
        await _api.DisposeAsync();
        _ends.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Agent_Joins_SaysWhichClusterItIs_IsReady_AndEndsWhenTold()
    {
        var running = RunAsync();
        using var http = await ClientAsync();

        var session = await _hub.Script.Sessions.Reader.ReadAsync(Patience);
        await _hub.Script.HearsAsync(message => message.Heartbeat is not null);
        var capacity = await _hub.Script.HearsAsync(message => message.Capacity is not null);
        var ready = await http.GetAsync(new Uri("readyz", UriKind.Relative), Patience);
        var mapped = await http.GetStringAsync(new Uri("executors", UriKind.Relative), Patience);
        await _ends.CancelAsync();

        Assert.Equal(("gpu", "uid-of-kube-system", "v1.20.2"), (session.Hello.Cluster, session.Hello.Facts["member-uid"], session.Hello.Facts["kubernetes"]));
        Assert.Equal("uid-of-kube-system", Assert.Single(_hub.Script.Joins).MemberUid);
        Assert.Equal(8000, capacity.Capacity.Allocatable["cpu"]);
        Assert.Equal((HttpStatusCode.OK, "mapped"), (ready.StatusCode, mapped));
        Assert.Equal(ExitCodes.Stopped, await running);
        Assert.False(File.Exists(Path.Combine(_folder, "ticket")));
    }

    [Fact]
    public async Task NoSession_IsNotReady_AndARuntimeInTrouble_IsNotHealthy()
    {
        _hub.Script.Join = _ => new TaskCompletionSource<Contracts.Agents.Identity>().Task;
        var running = RunAsync();
        using var http = await ClientAsync();

        var ready = await http.GetAsync(new Uri("readyz", UriKind.Relative), Patience);
        var healthy = await http.GetAsync(new Uri("healthz", UriKind.Relative), Patience);
        _trouble = "the watch of pods has stood still for 10 min";
        var ill = await http.GetAsync(new Uri("healthz", UriKind.Relative), Patience);
        await _ends.CancelAsync();

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), (ready.StatusCode, healthy.StatusCode, ill.StatusCode));
        Assert.Equal(_trouble + "\n", await ill.Content.ReadAsStringAsync(Patience));
        Assert.Equal(ExitCodes.Stopped, await running);
    }

    [Fact]
    public async Task AnotherAgentTookOver_ProgramEndsWithAnExitCodeOfItsOwn()
    {
        var running = RunAsync();
        await _hub.Script.Sessions.Reader.ReadAsync(Patience);

        _hub.Script.Say(new HubMessage { Superseded = "a newer session of gpu" });

        Assert.Equal(ExitCodes.Superseded, await running.WaitAsync(TimeSpan.FromSeconds(30), Patience));
    }

    [Fact]
    public async Task OptionsThatCannotBeUsed_AreToldAtOnce_OnALineEach()
    {
        var code = await AgentProgram.RunAsync(
            ["--hub", "nowhere", "--kubeconfig", "/nothing"], _ => null, _says, _ => throw new InvalidOperationException(), Patience);

        Assert.Equal(ExitCodes.BadOptions, code);
        Assert.Contains("--hub: 'nowhere'", _says.ToString(), StringComparison.Ordinal);
        Assert.Contains("--cluster: required", _says.ToString(), StringComparison.Ordinal);
    }

    private async Task<HttpClient> ClientAsync()
    {
        var parts = await _parts.Task.WaitAsync(TimeSpan.FromSeconds(30), Patience);
        return new HttpClient { BaseAddress = new Uri($"http://{await parts.Listening.WaitAsync(TimeSpan.FromSeconds(30), Patience)}") };
    }

    private Task<int> RunAsync() => AgentProgram.RunAsync(
        [
            "--hub", _hub.Address.ToString(), "--cluster", "gpu", "--namespaces", "team", "--identity-folder", _folder, "--image", "agent",
            "--kubeconfig", Path.Combine(_folder, ".kubeconfig"), "--listen", "127.0.0.1:0",
        ],
        _ => null,
        _says,
        parts =>
        {
            _parts.SetResult(parts);
            return new RuntimeParts(new RecordingRuntime())
            {
                Capacity = () => new Capacity { KubeNodes = 1, Allocatable = { ["cpu"] = 8000 } },
                Trouble = () => _trouble,
                Map = endpoints => endpoints.MapGet("/executors", () => "mapped"),
            };
        },
        _ends.Token);
}
