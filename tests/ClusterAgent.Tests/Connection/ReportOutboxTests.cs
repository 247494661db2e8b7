using Argosy.ClusterAgent.Connection;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Tests.Connection;

public sealed class ReportOutboxTests
{
    private readonly ReportOutbox _outbox = new();

    [Fact]
    public async Task Messages_AreTaken_InOrderWithGrowingNumbersAndTheSessionsEpoch()
    {
        _outbox.BeginSession(7);
        _outbox.Report(Report("a", PodPhase.PodFailed));
        _outbox.Accepted(new AttemptKey { NodeId = "b" });
        _outbox.Report(Report("b", PodPhase.PodSucceeded));

        var (first, second, third) = (await TakeAsync(), await TakeAsync(), await TakeAsync());

        Assert.Equal((1UL, "a", 7UL), (first.Number, first.Report.Key.NodeId, first.Report.Epoch));
        Assert.Equal((2UL, "b"), (second.Number, second.Accepted.NodeId));
        Assert.Equal((3UL, "b"), (third.Number, third.Report.Key.NodeId));
    }

    [Fact]
    public async Task ReportLargerThanAMessage_BecomesAnError_ThatTheHubCanHear()
    {
        _outbox.BeginSession(1);
        var report = Report("large", PodPhase.PodSucceeded);
        for (var parameter = 0; parameter < 17; parameter++)
        {
            report.Parameters.Add($"p{parameter}", new string('x', 1024 * 1024));
        }

        _outbox.Report(report);

        var taken = (await TakeAsync()).Report;
        Assert.Equal((PodPhase.PodError, "the outputs are larger than 15 MiB: pass what is large as an artifact"), (taken.Phase, taken.Message));
        Assert.Empty(taken.Parameters);
    }

    [Fact]
    public async Task SessionBegins_UnacknowledgedReports_ComeAgainBeforeWhatWaitedAndNothingElseDoes()
    {
        _outbox.BeginSession(1);
        _outbox.Report(Report("durable", PodPhase.PodFailed));
        _outbox.Beat(new Heartbeat());
        _outbox.Report(Report("heard", PodPhase.PodFailed));
        await TakeAsync();
        await TakeAsync();
        await TakeAsync();
        _outbox.Acknowledge(2);
        _outbox.Report(Report("waited", PodPhase.PodFailed));
        _outbox.Beat(new Heartbeat());

        _outbox.BeginSession(2);
        var (first, second) = (await TakeAsync(), await TakeAsync());

        Assert.Equal((1UL, "heard", 2UL), (first.Number, first.Report.Key.NodeId, first.Report.Epoch));
        Assert.Equal((2UL, "waited", 2UL), (second.Number, second.Report.Key.NodeId, second.Report.Epoch));
        Assert.False(TakeAsync().IsCompleted);
    }

    [Fact]
    public async Task NothingWaits_Taken_CompletesWithTheNextReport()
    {
        _outbox.BeginSession(1);
        var taking = TakeAsync();

        _outbox.Report(Report("a", PodPhase.PodFailed));

        Assert.Equal("a", (await taking).Report.Key.NodeId);
    }

    [Fact]
    public async Task RunningIsUnsent_RunningAgain_OnlyTheNewerIsSent()
    {
        _outbox.BeginSession(1);
        _outbox.Report(Report("a", PodPhase.PodRunning, "1/2"));
        _outbox.Report(Report("b", PodPhase.PodRunning));
        _outbox.Report(Report("a", PodPhase.PodRunning, "2/2"));

        var (first, second) = (await TakeAsync(), await TakeAsync());

        Assert.Equal(("b", "a", "2/2"), (first.Report.Key.NodeId, second.Report.Key.NodeId, second.Report.Progress));
    }

    [Fact]
    public async Task HubIsAway_EachAttemptReportsOverAndOver_OnlyTheNewestOfEachIsKept()
    {
        _outbox.BeginSession(1);
        foreach (var round in Enumerable.Range(1, 20))
        {
            foreach (var node in Enumerable.Range(0, 2000))
            {
                _outbox.Report(Report($"n{node}", PodPhase.PodRunning, $"{round}/20"));
            }

            if (round == 10)
            {
                for (var taken = 0; taken < 2000; taken++)
                {
                    await TakeAsync(); // sent, but never acknowledged
                }
            }
        }

        Assert.Equal(4000, _outbox.Count);
        _outbox.BeginSession(2);
        Assert.Equal(2000, _outbox.Count);
        Assert.Equal("20/20", (await TakeAsync()).Report.Progress);
    }

    [Fact]
    public async Task AttemptEnded_WhileItsRunningWaits_OnlyTheEndIsSent()
    {
        _outbox.BeginSession(1);
        _outbox.Report(Report("a", PodPhase.PodRunning));
        _outbox.Report(Report("a", PodPhase.PodSucceeded));

        Assert.Equal(PodPhase.PodSucceeded, (await TakeAsync()).Report.Phase);
        Assert.False(TakeAsync().IsCompleted);
    }

    [Fact]
    public async Task OlderReportIsAcknowledged_AfterTheNewerWasSent_TheNewerStaysUntilItIsToo()
    {
        _outbox.BeginSession(1);
        _outbox.Report(Report("a", PodPhase.PodRunning));
        await TakeAsync();
        _outbox.Report(Report("a", PodPhase.PodSucceeded));
        await TakeAsync();

        _outbox.Acknowledge(1);
        Assert.Equal(1, _outbox.Count);
        _outbox.Acknowledge(2);
        Assert.Equal(0, _outbox.Count);
    }

    [Fact]
    public async Task Heartbeat_GoesBeforeAllThatWaits_AndNeverPilesUp()
    {
        _outbox.BeginSession(1);
        _outbox.Report(Report("a", PodPhase.PodFailed));
        _outbox.Beat(new Heartbeat { Running = 1 });
        _outbox.Beat(new Heartbeat { Running = 2 });
        _outbox.Tell(new Capacity { KubeNodes = 3 });

        var (first, second, third) = (await TakeAsync(), await TakeAsync(), await TakeAsync());

        Assert.Equal((1UL, 2U, 2UL, 3U, 3UL), (first.Number, first.Heartbeat.Running, second.Number, second.Capacity.KubeNodes, third.Number));
        Assert.Equal("a", third.Report.Key.NodeId);
        Assert.False(TakeAsync().IsCompleted);
    }

    private Task<AgentMessage> TakeAsync() => _outbox.TakeAsync(TestContext.Current.CancellationToken);

    private static NodeReport Report(string node, PodPhase phase, string progress = "") =>
        new() { Key = new AttemptKey { NodeId = node }, Phase = phase, Progress = progress };
}
