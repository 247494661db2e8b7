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

    private Task<AgentMessage> TakeAsync() => _outbox.TakeAsync(TestContext.Current.CancellationToken);

    private static NodeReport Report(string node, PodPhase phase, string progress = "") =>
        new() { Key = new AttemptKey { NodeId = node }, Phase = phase, Progress = progress };
}
