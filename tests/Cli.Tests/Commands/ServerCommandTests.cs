using System.Net.Sockets;
using Argosy.ControlPlane.Hosting;

namespace Argosy.Cli.Tests.Commands;

public sealed class ServerCommandTests : CommandFixture
{
    [Fact]
    public async Task Server_SaysWhereItsKubeconfigIs_AndServesUntilInterrupted()
    {
        var hub = new ScriptedHub(Server, Folder);
        var shell = new TestShell(new Dictionary<string, string> { ["XDG_STATE_HOME"] = Folder });
        using var ctrlC = new CancellationTokenSource();
        var serving = shell.RunAsync(
            hub.StartAsync, hub.ServeAsync, ctrlC.Token,
            "server", "--embedded", "gpu:accelerator=nvidia,zone=a", "edge", "--listen", "127.0.0.1:0", "--default-cluster", "edge", "--postgres", "Host=x");
        await Server.Resources.FirstObserver;
        await ctrlC.CancelAsync();

        Assert.Contains(await serving, new[] { ExitCodes.Succeeded, ExitCodes.Interrupted });
        Assert.Contains($"kubeconfig: {hub.KubeconfigPath}\n", shell.Output, StringComparison.Ordinal);
        Assert.Equal(["gpu:accelerator=nvidia,zone=a", "edge:"], hub.Declared);
        Assert.Equal(("edge", "Host=x", Path.Combine(Folder, "argosy")), (
            hub.StartedWith!.DefaultCluster, hub.StartedWith.PostgresConnection, hub.StartedWith.DataDirectory));
        Assert.True(hub.IsDisposed);
    }

    [Theory]
    [InlineData(false, "--listen", "127.0.0.1:0")]
    [InlineData(true, "--listen", "127.0.0.1:0", "--tls")]
    [InlineData(true, "--listen", "127.0.0.1:0", "--tls-san", "hub.example")]
    [InlineData(true, "--listen", "0.0.0.0:0")]
    public async Task Server_SpeaksTls_WhereverItIsHeardBeyondThisMachine_OrAsked(bool expected, params string[] args)
    {
        HubOptions? started = null;
        var shell = new TestShell(new Dictionary<string, string> { ["XDG_STATE_HOME"] = Folder });

        await shell.RunAsync(
            (options, _) =>
            {
                started = options;
                throw new InvalidDataException("far enough");
            },
            new ScriptedHub(Server, Folder).ServeAsync, CancellationToken.None, ["server", .. args]);

        Assert.Equal(expected, started!.Tls is not null);
    }

    [Theory]
    [InlineData("127.0.0.1:2747")]
    [InlineData("127.0.0.1:0", "--listen", "127.0.0.1:0")]
    [InlineData("0.0.0.0:8001", "--listen", "0.0.0.0:8000")]
    [InlineData("10.0.0.1:9000", "--agents", "10.0.0.1:9000")]
    [InlineData(null, "--agents", "none")]
    public async Task Agents_DialThePortAfterTheHubs_UnlessSaidOtherwise(string? expected, params string[] args)
    {
        HubOptions? started = null;
        var shell = new TestShell(new Dictionary<string, string> { ["XDG_STATE_HOME"] = Folder });

        await shell.RunAsync(
            (options, _) =>
            {
                started = options;
                throw new InvalidDataException("far enough");
            },
            new ScriptedHub(Server, Folder).ServeAsync, CancellationToken.None, ["server", .. args]);

        Assert.Equal(expected, started!.AgentsAddress?.ToString());
    }

    [Theory]
    [InlineData("""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: workflow-controller-configmap}
        data:
          parallelism: "7"
          namespaceParallelism: "2"
          podGCDeleteDelayDuration: 30s
          workflowDefaults: |
            spec: {ttlStrategy: {secondsAfterCompletion: 60}}
          artifactRepository: |
            s3: {bucket: b}
          links: |
            - name: x
              scope: workflow
        """)]
    [InlineData("""
        kind: ConfigMap
        data:
          config: |
            parallelism: 7
            namespaceParallelism: 2
            podGCDeleteDelayDuration: 30s
            workflowDefaults: {spec: {ttlStrategy: {secondsAfterCompletion: 60}}}
            artifactRepository: {s3: {bucket: b}}
            links: []
        """)]
    public async Task ControllersConfigMap_SetsTheHub_AndWhatItPassesOverIsSaid(string config)
    {
        HubOptions? started = null;
        var shell = new TestShell(new Dictionary<string, string> { ["XDG_STATE_HOME"] = Folder });

        await shell.RunAsync(
            (options, _) =>
            {
                started = options;
                throw new InvalidDataException("far enough");
            },
            new ScriptedHub(Server, Folder).ServeAsync, CancellationToken.None, "server", "--controller-config", Write("config.yaml", config));

        Assert.Equal((7, 2, TimeSpan.FromSeconds(30)), (started!.Parallelism, started.NamespaceParallelism, started.PodGcDelay));
        Assert.Equal("""{"spec":{"ttlStrategy":{"secondsAfterCompletion":60}}}""", started.WorkflowDefaults!.ToJsonString());
        Assert.Equal("""{"s3":{"bucket":"b"}}""", started.ArtifactRepository!.ToJsonString());
        Assert.Contains("passed over: links", shell.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PortThatIsTaken_IsOneClearLine()
    {
        var shell = new TestShell(new Dictionary<string, string> { ["HOME"] = Folder });

        var code = await shell.RunAsync(AddressInUse, new ScriptedHub(Server, Folder).ServeAsync, CancellationToken.None, "server");

        Assert.Equal(1, code);
        Assert.Equal(
            "argosy: cannot listen on 127.0.0.1:2746: another program uses this address. Stop it, or choose another with --listen\n",
            shell.Error);
    }

    [Fact]
    public async Task AgentsPortThatIsTaken_IsNamedAsSuch()
    {
        var shell = new TestShell(new Dictionary<string, string> { ["HOME"] = Folder });

        await shell.RunAsync(
            (_, _) => throw new IOException(
                "Failed to bind to address https://127.0.0.1:2747: address already in use.", new SocketException((int)SocketError.AddressAlreadyInUse)),
            new ScriptedHub(Server, Folder).ServeAsync, CancellationToken.None, "server");

        Assert.Equal(
            "argosy: cannot listen on 127.0.0.1:2747: another program uses this address. Stop it, or choose another with --agents\n", shell.Error);
    }

    [Theory]
    [InlineData("ADDRESS:PORT", "--listen", "nowhere")]
    [InlineData("--agents nowhere", "--agents", "nowhere")]
    [InlineData("in the clear", "--listen", "0.0.0.0:0", "--tls", "false")]
    [InlineData("contradicts", "--tls", "false", "--tls-san", "hub.example")]
    [InlineData("go together", "--tls-cert", "hub.crt")]
    [InlineData("processes of this machine", "--listen", "0.0.0.0:0", "--embedded", "gpu")]
    [InlineData("small letters", "--embedded", "GPU")]
    [InlineData("LABEL=VALUE", "--embedded", "gpu:nvidia")]
    [InlineData("twice", "--embedded", "gpu", "--embedded", "gpu")]
    public async Task WrongOptions_AreSaid(string expected, params string[] args)
    {
        var (code, _, error) = await ArgosyAsync(["server", .. args]);

        Assert.Equal(1, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    private static Task<RunningHub> AddressInUse(HubOptions options, CancellationToken cancellationToken) =>
        throw new IOException("failed to bind", new SocketException((int)SocketError.AddressAlreadyInUse));
}
