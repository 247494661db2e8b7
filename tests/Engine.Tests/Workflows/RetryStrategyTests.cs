using Argosy.Engine.Workflows;

namespace Argosy.Engine.Tests.Workflows;

public sealed class RetryStrategyTests
{
    private static Story Of(string strategy) =>
        new($$"""{"entrypoint":"main","templates":[{"name":"main","retryStrategy":{{strategy}},"container":{"image":"i","args":["{{"{{retries}} {{lastRetry.exitCode}}"}}"]} }]}""");

    [Fact]
    public void Limit_OfFailures_AllowsOneAttemptMoreThanItsNumber()
    {
        var story = Of("""{"limit":"1"}""").Fails("wf(0)").Fails("wf(1)");

        Assert.Equal("No more retries left", story["wf"].Message);
        Assert.Equal(["wf Failed", "wf(0) Failed", "wf(1) Failed"], story.Nodes());
        Assert.Equal(WorkflowPhase.Failed, story.State.Phase);
    }

    [Fact]
    public void LaterAttempt_Succeeds_GivesTheRetryItsOutputs()
    {
        var story = Of("""{"limit":3}""").Fails("wf(0)").Succeeds("wf(1)", "result");

        Assert.Equal("result", story["wf"].Outputs.Result);
        Assert.Equal(WorkflowPhase.Succeeded, story.State.Phase);
    }

    [Theory]
    [InlineData(null, true, false)]
    [InlineData("OnFailure", true, false)]
    [InlineData("OnError", false, true)]
    [InlineData("Always", true, true)]
    public void Policy_DecidesWhichEndsAreTriedAgain(string? policy, bool failures, bool errors)
    {
        var strategy = policy is null ? """{"limit":1}""" : $$"""{"limit":1,"retryPolicy":"{{policy}}"}""";

        Assert.Equal(failures, Of(strategy).Fails("wf(0)").State.Find("wf(1)") is not null);
        Assert.Equal(errors, Of(strategy).Errs("wf(0)").State.Find("wf(1)") is not null);
    }

    [Fact]
    public void Backoff_BetweenAttempts_GrowsAndIsWaitedFor()
    {
        var story = Of("""{"limit":5,"backoff":{"duration":"10","factor":3}}""").Fails("wf(0)");
        Assert.Equal("Backoff for 0 minutes 10 seconds", story["wf"].Message);
        Assert.Equal(story.Now.AddSeconds(10), story.State.NextWake);

        story.Passes(TimeSpan.FromSeconds(9));
        Assert.Null(story.State.Find("wf(1)"));

        story.Passes(TimeSpan.FromSeconds(1)).Fails("wf(1)");
        Assert.Equal(story.Now.AddSeconds(30), story.State.NextWake);
    }

    [Fact]
    public void Backoff_BeyondItsMaximum_EndsTheRetry()
    {
        var story = Of("""{"limit":5,"backoff":{"duration":"60","maxDuration":"30s"}}""").Fails("wf(0)");

        Assert.Equal("Backoff would exceed max duration limit", story["wf"].Message);
        Assert.Equal(WorkflowPhase.Failed, story.State.Phase);
    }

    [Fact]
    public void Backoff_WithoutALimit_IsNotWaitedFor() =>
        Assert.NotNull(Of("""{"backoff":{"duration":"60"}}""").Fails("wf(0)").State.Find("wf(1)"));

    [Fact]
    public void Expression_DecidesOnTheExitCode()
    {
        var story = Of("""{"limit":5,"expression":"asInt(lastRetry.exitCode) > 1"}""").Fails("wf(0)", "2").Fails("wf(1)", "1");

        Assert.Equal("retryStrategy.expression evaluated to false", story["wf"].Message);
        Assert.Null(story.State.Find("wf(2)"));
    }

    [Fact]
    public void Attempts_SeeWhatBecameOfTheOneBefore()
    {
        var story = Of("""{"limit":2}""").Fails("wf(0)", "7");

        Assert.Equal("0 0", (string)PodRequests.Of(story.State, story["wf(0)"]).Template["container"]!["args"]![0]!);
        Assert.Equal("1 7", (string)PodRequests.Of(story.State, story["wf(1)"]).Template["container"]!["args"]![0]!);
    }

    [Fact]
    public void StoppedDuringBackoff_RetryEnds()
    {
        var story = Of("""{"limit":5,"backoff":{"duration":"1h"}}""").Fails("wf(0)").Take(new ShutdownAsked(ShutdownStrategy.Stop, null, null));

        Assert.Equal("Stopped with strategy 'Stop'", story["wf"].Message);
        Assert.Equal(WorkflowPhase.Failed, story.State.Phase);
    }

    [Fact]
    public void HubRestartedDuringBackoff_RetryGoesOnInTime()
    {
        var story = Of("""{"limit":5,"backoff":{"duration":"60"}}""").Fails("wf(0)");
        var replayed = story.Replayed();
        WorkflowDecider.Decide(replayed, new Recovered(), story.Now.AddSeconds(5));
        Assert.Equal(story.Now.AddSeconds(60), replayed.NextWake);

        WorkflowDecider.Decide(replayed, new TimePassed(), story.Now.AddSeconds(60));
        Assert.NotNull(replayed.Find("wf(1)"));
    }

    [Fact]
    public void LostAttempt_IsPlacedAgain_WithoutUsingARetry()
    {
        var story = Of("""{"limit":0}""").Running("wf(0)");
        var stale = new NodeReported(story.State.IdOf(story["wf(0)"]), 0, 0, new PodStatus(PodPhase.Succeeded));
        story.Report("wf(0)", new PodStatus(PodPhase.Lost));
        Assert.Equal((NodePhase.Pending, 1, "home"), (story["wf(0)"].Phase, story["wf(0)"].Attempt, story["wf(0)"].Cluster));

        story.Take(stale);
        Assert.Equal(NodePhase.Pending, story["wf(0)"].Phase);

        story.Succeeds("wf(0)");
        Assert.Equal(WorkflowPhase.Succeeded, story.State.Phase);
    }
}
