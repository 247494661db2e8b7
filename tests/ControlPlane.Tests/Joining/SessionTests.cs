using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Tests.Workflows;
using Argosy.StandIns.Orleans.Tests.Silos;
using Grpc.Core;

namespace Argosy.ControlPlane.Tests.Joining;

/// <summary>Sessions over the wire: what begins them, what they carry, what ends them.</summary>
public sealed class SessionTests : IAsyncLifetime
{
    private const string OneStep = """{"entrypoint":"main","templates":[{"name":"main","container":{"image":"busybox","command":["true"]}}]}""";
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    private HubUnderTest hub = null!;

    public async ValueTask InitializeAsync() => hub = await HubUnderTest.StartAsync("gpu", listensForAgents: true);

    public async ValueTask DisposeAsync() => await hub.DisposeAsync();

    [Fact]
    public async Task Workflow_RunsInARealCluster_AndItsStatusTellsOfTheAgent()
    {
        using var cluster = await Cluster.JoinedAsync(hub, "gpu");
        await using var session = await cluster.ConnectsAsync();
        await using var agent = ScriptedAgent.Over(session);
        await hub.CreateAsync("wf", OneStep);

        var intent = await agent.IsAskedToRunAsync();
        await agent.SaysAsync(new AgentMessage { Capacity = new Capacity { KubeNodes = 2, Allocatable = { ["cpu"] = 4000 }, Requested = { ["cpu"] = 100 } } });
        await agent.ReportsAsync(intent.Key, PodPhase.PodSucceeded);
        await hub.EndsAsync("wf", "Succeeded");

        var status = (await ShowsAsync("gpu", "capacity"))["status"]!;
        Assert.Equal("Ready", (string?)status["phase"]);
        Assert.Equal("1.2.3 kubernetes v1.20.2", $"{status["agent"]!["version"]} {status["agent"]!["runtime"]} {status["agent"]!["facts"]!["kubernetes"]}");
        Assert.Equal(cluster.Certificate!.NotAfter.ToUniversalTime(), DateTimeOffset.Parse((string)status["agent"]!["certificateExpires"]!, null).UtcDateTime);
        Assert.Equal("""{"kubeNodes":2,"allocatable":{"cpu":4000},"requested":{"cpu":100}}""", status["capacity"]!.ToJsonString());
        Assert.Equal("a", (string?)status["labels"]!["zone"]);
    }

    [Fact]
    public async Task SecondSession_TakesOver_AndTheFirstIsToldToGo()
    {
        using var cluster = await Cluster.JoinedAsync(hub, "gpu");
        await using var first = await cluster.ConnectsAsync();
        await using var agent = ScriptedAgent.Over(first);
        await agent.HearsAsync(HubMessage.BodyOneofCase.Welcome);
        await using var second = await cluster.ConnectsAsync();
        await second.IsWelcomedAsync();

        Assert.Contains("is superseded by session", (await agent.HearsAsync(HubMessage.BodyOneofCase.Superseded)).Superseded, StringComparison.Ordinal);
        Assert.Equal(StatusCode.Aborted, (await first.End).StatusCode);
    }

    [Fact]
    public async Task ReconnectedAgent_IsToldOnlyWhatItDoesNotHave()
    {
        using var cluster = await Cluster.JoinedAsync(hub, "gpu");
        AttemptKey held;
        await using (var first = ScriptedAgent.Over(await cluster.ConnectsAsync()))
        {
            await hub.CreateAsync("held", OneStep);
            held = (await first.IsAskedToRunAsync()).Key;
        }

        await using var again = ScriptedAgent.Over(await cluster.ConnectsAsync(held));
        await again.HearsAsync(HubMessage.BodyOneofCase.Welcome);
        await hub.CreateAsync("new", OneStep);

        Assert.Equal("new", (await again.IsAskedToRunAsync()).Key.Workflow);
    }

    [Fact]
    public async Task ReportSaidTwice_CountsOnce()
    {
        using var cluster = await Cluster.JoinedAsync(hub, "gpu");
        await using var agent = ScriptedAgent.Over(await cluster.ConnectsAsync());
        await hub.CreateAsync("wf", OneStep);
        var key = (await agent.IsAskedToRunAsync()).Key;

        await agent.SaysAsync(Report(1, key, PodPhase.PodRunning));
        await agent.SaysAsync(Report(1, key, PodPhase.PodFailed)); // the number says that the hub has heard it
        await agent.SaysAsync(Report(2, key, PodPhase.PodSucceeded));

        await hub.EndsAsync("wf", "Succeeded");
    }

    [Fact]
    public async Task ReportOfNothing_EndsItsSession_AndNoOther()
    {
        using var cluster = await Cluster.JoinedAsync(hub, "gpu");
        using var strange = await Cluster.JoinedAsync(hub, "strange");
        await using var session = await strange.ConnectsAsync();
        await using var stranger = ScriptedAgent.Over(session);
        await using var agent = ScriptedAgent.Over(await cluster.ConnectsAsync());

        await stranger.SaysAsync(new AgentMessage { Number = 1, Report = new NodeReport() });

        Assert.Equal(StatusCode.PermissionDenied, (await session.End).StatusCode);
        await hub.CreateAsync("wf", OneStep);
        await agent.ReportsAsync((await agent.IsAskedToRunAsync()).Key, PodPhase.PodSucceeded);
        await hub.EndsAsync("wf", "Succeeded");
    }

    [Fact]
    public async Task OrderLargerThanAMessage_IsRefusedByItself_AndOthersGoOn()
    {
        using var cluster = await Cluster.JoinedAsync(hub, "gpu");
        await using var agent = ScriptedAgent.Over(await cluster.ConnectsAsync());
        await hub.CreateAsync("wf", """
            {"entrypoint":"main","templates":[
              {"name":"main","steps":[[{"name":"make","template":"make"}],
                [{"name":"use","template":"use","arguments":{"parameters":[{"name":"text","value":"{{steps.make.outputs.result}}"}]}}]]},
              {"name":"make","script":{"image":"busybox","command":["sh"],"source":"make"}},
              {"name":"use","inputs":{"parameters":[{"name":"text"}]},
               "container":{"image":"busybox","command":["echo"],"args":["{{inputs.parameters.text}}","{{inputs.parameters.text}}"]}}]}
            """);
        var first = await agent.IsAskedToRunAsync();
        await agent.SaysAsync(new AgentMessage
        {
            Number = 1,
            Report = new NodeReport { Key = first.Key, Phase = PodPhase.PodSucceeded, HasResult = true, Result = new string('x', 5 * 1024 * 1024) },
        });

        var second = await agent.IsAskedToRunAsync();

        Assert.Equal("the step's template is larger than 15 MiB with its inputs in it: pass what is large as an artifact", second.PodError);
        Assert.Equal("", second.PodJson);
    }

    [Fact]
    public async Task ReportForAnotherClustersNode_ChangesNothing()
    {
        using var gpu = await Cluster.JoinedAsync(hub, "gpu");
        using var other = await Cluster.JoinedAsync(hub, "other");
        await using var owner = ScriptedAgent.Over(await gpu.ConnectsAsync());
        await using var stranger = ScriptedAgent.Over(await other.ConnectsAsync());
        await hub.CreateAsync("wf", OneStep);
        var key = (await owner.IsAskedToRunAsync()).Key;

        await stranger.ReportsAsync(key, PodPhase.PodFailed, "forged");
        await owner.ReportsAsync(key, PodPhase.PodSucceeded);

        await hub.EndsAsync("wf", "Succeeded");
    }

    [Fact]
    public async Task HelloForAnotherCluster_IsRefused()
    {
        using var gpu = await Cluster.JoinedAsync(hub, "gpu");
        using var other = await Cluster.JoinedAsync(hub, "other");
        await using var session = await WireSession.OpenAsync(gpu.Link(), new Hello { Cluster = "other" });

        var end = await session.EndsAsync();

        Assert.Equal(StatusCode.PermissionDenied, end.StatusCode);
        Assert.Contains("'gpu'", end.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_ThatBeginsWithoutHello_IsRefused()
    {
        using var cluster = await Cluster.JoinedAsync(hub, "gpu");
        using var call = cluster.Link().Connect();
        await call.RequestStream.WriteAsync(new AgentMessage { Heartbeat = new Heartbeat() });

        var refusal = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(default));

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
    }

    [Theory]
    [InlineData(true, "revoked")]
    [InlineData(false, "deleted")]
    public async Task RevokedOrDeletedCluster_IsCutWithinASecond(bool revoked, string reason)
    {
        using var cluster = await Cluster.JoinedAsync(hub, "gpu");
        using var bystander = await Cluster.JoinedAsync(hub, "gpu2");
        await using var session = await cluster.ConnectsAsync();
        await using var other = ScriptedAgent.Over(await bystander.ConnectsAsync());
        await session.IsWelcomedAsync();
        await other.HearsAsync(HubMessage.BodyOneofCase.Welcome);

        if (revoked)
        {
            await cluster.RevokedAsync();
        }
        else
        {
            await hub.SendAsync(HttpMethod.Delete, "/apis/argosy.io/v1alpha1/clusters/gpu");
        }

        var end = await session.EndsAsync().WaitAsync(OneSecond);
        Assert.Equal(StatusCode.Unauthenticated, end.StatusCode);
        Assert.Contains(reason, end.Detail, StringComparison.Ordinal);
        await using var again = await cluster.ConnectsAsync();
        Assert.Contains(reason, (await again.EndsAsync()).Detail, StringComparison.Ordinal);
        await hub.CreateAsync("wf", OneStep.Replace("\"entrypoint\"", "\"cluster\":\"gpu2\",\"entrypoint\"", StringComparison.Ordinal));
        await other.IsAskedToRunAsync(); // whose session goes on
    }

    [Fact]
    public async Task HubThatStops_SaysSo_AndDoesNotWaitForItsAgents()
    {
        using var cluster = await Cluster.JoinedAsync(hub, "gpu");
        await using var session = await cluster.ConnectsAsync();
        await session.IsWelcomedAsync();
        var ending = session.EndsAsync();

        await hub.StopAsync().WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(StatusCode.Unavailable, (await ending).StatusCode);
        await hub.StartAgainAsync();
    }

    private static AgentMessage Report(ulong number, AttemptKey key, PodPhase phase) =>
        new() { Number = number, Report = new NodeReport { Key = key, Phase = phase } };

    /// <summary>Watches a cluster until its status has the field.</summary>
    private async Task<System.Text.Json.Nodes.JsonNode> ShowsAsync(string cluster, string field)
    {
        using var reader = new StreamReader(await hub.Http.GetStreamAsync(
            new Uri($"/apis/argosy.io/v1alpha1/clusters?watch=1&fieldSelector=metadata.name={cluster}", UriKind.Relative)));
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (System.Text.Json.Nodes.JsonNode.Parse(line)!["object"] is { } shown && shown["status"]?[field] is not null)
            {
                return shown;
            }
        }

        throw new InvalidOperationException("the watch ended");
    }
}

/// <summary>The same, where the passing of time is the point.</summary>
public sealed class SessionTimeTests : IAsyncLifetime
{
    private readonly ManualClock clock = new(TimeProvider.System.GetUtcNow());
    private HubUnderTest hub = null!;

    public async ValueTask InitializeAsync() => hub = await HubUnderTest.StartAsync("gpu", clock, listensForAgents: true);

    public async ValueTask DisposeAsync() => await hub.DisposeAsync();

    [Fact]
    public async Task SessionOfACertificateThatExpires_IsCut()
    {
        using var cluster = await Cluster.JoinedAsync(hub, "gpu");
        clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(10));
        await using var session = await cluster.ConnectsAsync();
        await session.IsWelcomedAsync();
        var ending = session.EndsAsync();

        clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(StatusCode.Unauthenticated, (await ending).StatusCode);
        Assert.Contains("expired", (await ending).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SilentSession_IsClosed_AndTheClusterIsLostButNotForgotten()
    {
        using var cluster = await Cluster.JoinedAsync(hub, "gpu");
        await using var session = await cluster.ConnectsAsync();
        await session.IsWelcomedAsync();
        var ending = session.EndsAsync();
        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(ending.IsCompleted);

        clock.Advance(TimeSpan.FromSeconds(2));

        var end = await ending;
        Assert.Equal(StatusCode.Unavailable, end.StatusCode);
        Assert.Contains("nothing was heard", end.Detail, StringComparison.Ordinal);
        await using var again = await cluster.ConnectsAsync();
        await again.IsWelcomedAsync();
    }
}
