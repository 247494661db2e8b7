using Argosy.ClusterAgent.Connection;
using Argosy.ClusterAgent.Tests.Embedded;
using Argosy.ClusterAgent.Tests.Identity;
using Argosy.Contracts.Agents;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace Argosy.ClusterAgent.Tests.Connection;

public sealed class ClusterAgentHostTests
{
    private readonly RecordingRuntime _runtime = new();

    [Fact]
    public async Task ConnectionIsLost_AgentComesBack_WithItsInventoryAndWhatWasNotAcknowledged()
    {
        var hub = new FakeHub { Acknowledges = false };
        using var ends = new CancellationTokenSource();
        var serving = Agent(hub).RunAsync(ends.Token);
        await hub.HearsAsync(message => message.Heartbeat is not null);
        _runtime.Held.Add(Key("a"));
        _runtime.Reports.Report(new NodeReport { Key = Key("a"), Phase = PodPhase.PodSucceeded });
        await hub.FinalReportAsync(Key("a"));
        var from = hub.Heard.Count;

        hub.HangUp();
        var again = await hub.FinalReportAsync(Key("a"), from);

        Assert.Equal(2UL, again.Epoch);
        Assert.Equal([Key("a")], hub.Hellos.Last().Inventory);
        await ends.CancelAsync();
        await serving;
        Assert.True(_runtime.Stopped);
    }

    [Fact]
    public async Task AnotherAgentTookOver_AgentEnds()
    {
        var hub = new FakeHub();
        var serving = Agent(hub).RunAsync(TestContext.Current.CancellationToken);
        await hub.HearsAsync(message => message.Heartbeat is not null);

        hub.Say(new HubMessage { Superseded = "a newer session" });
        await serving;

        Assert.True(_runtime.Stopped);
    }

    [Fact]
    public async Task OrderCannotBeCarriedOut_SessionGoesOn()
    {
        var hub = new FakeHub();
        using var ends = new CancellationTokenSource();
        var serving = Agent(hub).RunAsync(ends.Token);
        await hub.HearsAsync(message => message.Heartbeat is not null);

        hub.Run(new PodIntent { Key = Key("refused") });
        hub.Run(new PodIntent { Key = Key("a") });
        await hub.HearsAsync(message => Key("a").Equals(message.Accepted));

        Assert.DoesNotContain(hub.Heard, message => Key("refused").Equals(message.Accepted));
        await ends.CancelAsync();
        await serving;
    }

    [Fact]
    public async Task RemoteHubDies_AgentComesBackOverTls_AndRepeatsOnlyWhatWasNotAcknowledged()
    {
        await using var test = await LinkTest.StartAsync();
        var script = test.Hub.Script;
        using var ends = new CancellationTokenSource();
        var agent = Agent(test.Link);
        var serving = agent.RunAsync(ends.Token);
        await script.HearsAsync(message => message.Heartbeat is not null);
        _runtime.Reports.Report(new NodeReport { Key = Key("durable"), Phase = PodPhase.PodSucceeded });
        await script.HearsAsync(message => Key("durable").Equals(message.Report?.Key));
        script.Run(Key("after-the-acknowledgement")); // orders are heard in turn: once it is accepted, the acknowledgement was heard
        await script.HearsAsync(message => Key("after-the-acknowledgement").Equals(message.Accepted));
        script.Acknowledges = false;
        _runtime.Reports.Report(new NodeReport { Key = Key("heard"), Phase = PodPhase.PodSucceeded });
        await script.HearsAsync(message => Key("heard").Equals(message.Report?.Key));
        var from = script.Heard.Count;

        await test.Hub.StopAsync();
        _runtime.Reports.Report(new NodeReport { Key = Key("waited"), Phase = PodPhase.PodSucceeded });
        await test.Hub.StartAsync();
        await script.HearsAsync(message => Key("waited").Equals(message.Report?.Key), from);

        Assert.Equal(["heard", "waited"], script.Heard.Skip(from).Where(message => message.Report is not null).Select(message => message.Report.Key.NodeId));
        Assert.True(agent.IsConnected);
        await ends.CancelAsync();
        Assert.Equal(AgentEnd.Stopped, await serving);
        Assert.False(agent.IsConnected);
    }

    [Fact]
    public async Task HubRefuses_AgentAsksAgain_ButNotSoon()
    {
        await using var test = await LinkTest.StartAsync(new HubScript { Refusal = new Status(StatusCode.PermissionDenied, "unknown cluster") });
        var clock = new ManualClock(TimeProvider.System.GetUtcNow());
        using var ends = new CancellationTokenSource();
        var serving = new ClusterAgentHost(
            new ClusterAgentOptions { Cluster = "gpu" }, test.Link, _runtime, clock, NullLogger<ClusterAgentHost>.Instance).RunAsync(ends.Token);
        await clock.ArmedAsync(left => left > TimeSpan.FromSeconds(20));

        test.Hub.Script.Refusal = null;
        clock.Advance(TimeSpan.FromSeconds(40));

        await test.Hub.Script.HearsAsync(message => message.Heartbeat is not null);
        await ends.CancelAsync();
        Assert.Equal(AgentEnd.Stopped, await serving);
    }

    [Fact]
    public async Task Capacity_IsTold_WhenItChanged()
    {
        var hub = new FakeHub();
        using var ends = new CancellationTokenSource();
        var nodes = 1U;
        var serving = Agent(hub, () => new Capacity { KubeNodes = nodes }).RunAsync(ends.Token);
        await hub.HearsAsync(message => message.Capacity is { KubeNodes: 1 });

        nodes = 2;
        await hub.HearsAsync(message => message.Capacity is { KubeNodes: 2 });

        Assert.Equal(2, hub.Heard.Count(message => message.Capacity is not null));
        await ends.CancelAsync();
        await serving;
    }

    private ClusterAgentHost Agent(IHubLink hub, Func<Capacity?>? capacity = null) => new(
        new ClusterAgentOptions { Cluster = "test", FirstReconnectPause = TimeSpan.FromMilliseconds(1), CapacityInterval = TimeSpan.FromMilliseconds(1) },
        hub, _runtime, TimeProvider.System, NullLogger<ClusterAgentHost>.Instance) { Capacity = capacity ?? (() => null) };

    private static AttemptKey Key(string node) => new() { WorkflowUid = "uid", NodeId = node };
}
