using System.Net;
using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Tests.Workflows;
using Argosy.StandIns.Orleans.Tests.Silos;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Argosy.ControlPlane.Tests.Joining;

/// <summary>Logs on their way from a real cluster to a reader of the hub's API.</summary>
public sealed class LogRelayTests : IAsyncLifetime
{
    private const string OneStep = """{"entrypoint":"main","templates":[{"name":"main","container":{"image":"busybox","command":["true"]}}]}""";

    private readonly ManualClock clock = new(TimeProvider.System.GetUtcNow());
    private HubUnderTest hub = null!;
    private Cluster cluster = null!;
    private WireSession session = null!;
    private ScriptedAgent agent = null!;

    public async ValueTask InitializeAsync()
    {
        hub = await HubUnderTest.StartAsync("gpu", clock, listensForAgents: true);
        cluster = await Cluster.JoinedAsync(hub, "gpu");
        session = await cluster.ConnectsAsync();
        agent = ScriptedAgent.Over(session);
        await hub.CreateAsync("wf", OneStep);
        var intent = await agent.IsAskedToRunAsync();
        await agent.ReportsAsync(intent.Key, PodPhase.PodRunning);
        await hub.BecomesAsync("wf", workflow => (string?)workflow["status"]?["nodes"]?["wf"]?["phase"] == "Running");
    }

    public async ValueTask DisposeAsync()
    {
        await agent.DisposeAsync();
        cluster.Dispose();
        await hub.DisposeAsync();
    }

    [Fact]
    public async Task FollowedLog_ArrivesAsItIsWritten_AndEndsWhenTheAgentSaysSo()
    {
        var reading = ReadAsync();
        var order = (await agent.HearsAsync(HubMessage.BodyOneofCase.SendLog)).SendLog;
        using var sending = cluster.Link().SendLog();
        await sending.RequestStream.WriteAsync(Lines(order.Number, "one"));
        using var answer = await reading;
        using var log = new StreamReader(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));

        Assert.Equal("one", await log.ReadLineAsync(TestContext.Current.CancellationToken));
        await sending.RequestStream.WriteAsync(Lines(0, "two", "three"));
        Assert.Equal("two", await log.ReadLineAsync(TestContext.Current.CancellationToken));
        await sending.RequestStream.CompleteAsync();
        await sending;
        Assert.Equal("three", await log.ReadToEndAsync(TestContext.Current.CancellationToken) is { } rest ? rest.Trim() : null);
        Assert.Equal(("wf", "main", true), (order.Request.PodName, order.Request.Container, order.Request.Follow));
    }

    [Fact]
    public async Task ReaderThatLeaves_EndsTheAgentsCall()
    {
        using var leaves = new CancellationTokenSource();
        var reading = ReadAsync(leaves.Token);
        var order = (await agent.HearsAsync(HubMessage.BodyOneofCase.SendLog)).SendLog;
        using var sending = cluster.Link().SendLog();
        await sending.RequestStream.WriteAsync(Lines(order.Number, "one"));
        var answer = await reading;

        await leaves.CancelAsync();
        answer.Dispose();

        Assert.NotNull(await sending.ResponseAsync.WaitAsync(TimeSpan.FromSeconds(30))); // without the agent's having said that it is done
        using var late = cluster.Link().SendLog();
        await late.RequestStream.WriteAsync(Lines(order.Number, "late"));
        Assert.NotNull(await late.ResponseAsync.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task ReaderThatDoesNotRead_StopsTheAgent()
    {
        using var leaves = new CancellationTokenSource();
        var reading = ReadAsync(leaves.Token);
        var order = (await agent.HearsAsync(HubMessage.BodyOneofCase.SendLog)).SendLog;
        using var sending = cluster.Link().SendLog();
        await sending.RequestStream.WriteAsync(Lines(order.Number, "one"));
        using var answer = await reading;

        var line = new string('x', 256 * 1024);
        var sent = 0;
        Task writing;
        while (true)
        {
            writing = sending.RequestStream.WriteAsync(Lines(0, line));
            if (await Task.WhenAny(writing, Task.Delay(TimeSpan.FromSeconds(2))) != writing)
            {
                break;
            }

            Assert.True(++sent < 400, "the agent is not stopped after 100 MiB that nobody has read");
        }

        // Which does not stop the session.
        await hub.CreateAsync("wf2", OneStep);
        Assert.Equal("wf2", (await agent.IsAskedToRunAsync()).Key.Workflow);
        await leaves.CancelAsync();
        answer.Dispose();
        await sending.ResponseAsync.WaitAsync(TimeSpan.FromSeconds(30));
        await writing.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    [Fact]
    public async Task OrderIsNotAnswered_ReaderIsToldSo()
    {
        var reading = ReadAsync();
        await agent.HearsAsync(HubMessage.BodyOneofCase.SendLog);
        await clock.ArmedAsync(TimeSpan.FromSeconds(30));
        for (var seconds = 0; seconds < 30; seconds += 10)
        {
            await agent.SaysAsync(new AgentMessage { Heartbeat = new Heartbeat() });
            clock.Advance(TimeSpan.FromSeconds(10));
        }

        await RefusedAsync("has not answered for 30 s", reading);
    }

    [Fact]
    public async Task AgentThatDisconnects_EndsTheLog_WithTheReason()
    {
        var reading = ReadAsync();
        await agent.HearsAsync(HubMessage.BodyOneofCase.SendLog);

        await session.DisposeAsync();

        await RefusedAsync("whose agent disconnected", reading);
    }

    [Fact]
    public async Task AnotherClustersOrder_CannotBeAnswered()
    {
        using var other = await Cluster.JoinedAsync(hub, "gpu2");
        var reading = ReadAsync();
        var order = (await agent.HearsAsync(HubMessage.BodyOneofCase.SendLog)).SendLog;
        using var forging = other.Link().SendLog();
        await forging.RequestStream.WriteAsync(Lines(order.Number, "forged"));
        Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(async () => await forging)).StatusCode);

        using var sending = cluster.Link().SendLog();
        await sending.RequestStream.WriteAsync(Lines(order.Number, "true"));
        await sending.RequestStream.CompleteAsync();
        using var answer = await reading;
        Assert.Equal("true\n", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private Task<HttpResponseMessage> ReadAsync(CancellationToken cancellationToken = default) => hub.Http.GetAsync(
        new Uri("/api/v1/namespaces/default/pods/wf/log?follow=true", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    private static LogPart Lines(ulong number, params string[] texts)
    {
        var part = new LogPart { Number = number };
        part.Lines.Add(texts.Select(text => new LogLine { Time = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch), Text = text }));
        return part;
    }

    private static async Task RefusedAsync(string reason, Task<HttpResponseMessage> reading)
    {
        using var answer = await reading;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains(reason, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
