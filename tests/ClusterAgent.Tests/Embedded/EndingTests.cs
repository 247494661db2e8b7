using System.Net;
using System.Net.Sockets;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Tests.Embedded;

public sealed class EndingTests
{
    [Fact]
    public async Task StepHandlesSigterm_IsCancelled_EndsInItsOwnWay()
    {
        await using var cluster = await TestCluster.StartPrivateAsync();
        var intent = Intents.Shell("trap 'echo goodbye; exit 9' TERM; echo ready >/var/run/argo/ready; while :; do sleep 0.01; done");
        await RunUntilReadyAsync(cluster, intent);

        cluster.Hub.Cancel(intent.Key, "workflow shutdown with strategy: Terminate");
        var report = await cluster.Hub.FinalReportAsync(intent.Key);

        Assert.Equal((PodPhase.PodFailed, "workflow shutdown with strategy: Terminate", 9), (report.Phase, report.Message, report.ExitCode));
        Assert.Equal(["goodbye"], await cluster.LogAsync(intent.Key));
    }

    [Fact]
    public async Task StepIgnoresSigterm_IsCancelled_IsKilledAfterTheGracePeriod()
    {
        await using var cluster = await TestCluster.StartPrivateAsync();
        var intent = Intents.Shell("trap '' TERM; echo ready >/var/run/argo/ready; while :; do sleep 1; done");
        intent.TerminationGraceSeconds = 1;
        await RunUntilReadyAsync(cluster, intent);

        cluster.Hub.Cancel(intent.Key);

        Assert.Equal(PodPhase.PodFailed, (await cluster.Hub.FinalReportAsync(intent.Key)).Phase);
    }

    [Fact]
    public async Task UnknownAttempt_IsCancelled_IsReportedFailed()
    {
        await using var cluster = await TestCluster.StartAsync();
        var key = Intents.Shell("true").Key;

        cluster.Hub.Cancel(key);
        var report = await cluster.Hub.FinalReportAsync(key);

        Assert.Equal((PodPhase.PodFailed, "cancelled before it started"), (report.Phase, report.Message));
    }

    [Fact]
    public async Task Daemon_StartsWithoutProbe_IsReadyAtOnceAndSucceedsWhenItsWorkIsDone()
    {
        await using var cluster = await TestCluster.StartAsync();
        var intent = Daemon("sleep 600");
        cluster.Hub.Run(intent);

        var ready = await cluster.Hub.ReportAsync(intent.Key, report => report.Ready);
        cluster.Hub.Cancel(intent.Key, daemonDone: true);
        var end = await cluster.Hub.FinalReportAsync(intent.Key);

        Assert.Equal((PodPhase.PodRunning, "127.0.0.1"), (ready.Phase, ready.PodIp));
        Assert.Equal(PodPhase.PodSucceeded, end.Phase);
    }

    [Fact]
    public async Task Daemon_EndsByItself_HasFailed()
    {
        await using var cluster = await TestCluster.StartAsync();

        var report = await cluster.RunAsync(Daemon("exit 0"));

        Assert.Equal(PodPhase.PodFailed, report.Phase);
        Assert.Contains("ended by itself", report.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tcpSocket")]
    [InlineData("httpGet")]
    [InlineData("exec")]
    public async Task DaemonHasAProbe_IsReady_OnlyWhenTheProbeSaysSo(string probe)
    {
        await using var cluster = await TestCluster.StartPrivateAsync();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var answering = AnswerAsync(listener, TestContext.Current.CancellationToken);
        object readinessProbe = probe switch
        {
            "tcpSocket" => new { periodSeconds = 1, tcpSocket = new { port } },
            "httpGet" => new { periodSeconds = 1, httpGet = new { port = "web", path = "/healthz?deep=1" } },
            _ => new { periodSeconds = 1, exec = new { command = new[] { "test", "-e", "/tmp/up" } } },
        };
        var container = new
        {
            image = "any",
            command = new[] { "sh", "-c", "touch /tmp/up; exec sleep 600" },
            ports = new[] { new { name = "web", containerPort = port } },
            readinessProbe,
        };
        var intent = Intents.Of(new { container });
        intent.Daemon = true;
        cluster.Hub.Run(intent);

        var ready = await cluster.Hub.ReportAsync(intent.Key, report => report.Ready);

        Assert.Equal(PodPhase.PodRunning, ready.Phase);
        cluster.Hub.Cancel(intent.Key, daemonDone: true);
        await cluster.Hub.FinalReportAsync(intent.Key);
        listener.Stop();
        await answering;
    }

    private static PodIntent Daemon(string line)
    {
        var intent = Intents.Shell(line);
        intent.Daemon = true;
        return intent;
    }

    private static async Task RunUntilReadyAsync(TestCluster cluster, PodIntent intent)
    {
        cluster.Hub.Run(intent);
        await cluster.Hub.HearsAsync(message => intent.Key.Equals(message.Accepted));
        await Files.AppearsAsync(Path.Join(cluster.FolderOf(intent.Key), "argo", "ready"));
    }

    /// <summary>The smallest server that a probe is content with.</summary>
    private static async Task AnswerAsync(TcpListener listener, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(cancellationToken);
                await client.GetStream().WriteAsync("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"u8.ToArray(), cancellationToken);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
