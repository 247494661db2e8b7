using Argosy.Engine.Workflows;

namespace Argosy.Engine.Tests.Workflows;

public sealed class VerbsTests
{
    private const string Leaf = """{"name":"leaf","container":{"image":"i","command":["c"]}}""";
    private const string Approve = """{"name":"approve","suspend":{},"outputs":{"parameters":[{"name":"yes","valueFrom":{"supplied":{}}}]}}""";

    private static Story TwoSteps(string more = "") => new($$"""
        {"entrypoint":"main","templates":[{"name":"main","steps":[[{"name":"a","template":"leaf"}],[{"name":"b","template":"leaf"}]]},{{Leaf}}]{{more}}}
        """);

    private static readonly ShutdownAsked Stop = new(ShutdownStrategy.Stop, null, null);
    private static readonly ShutdownAsked Terminate = new(ShutdownStrategy.Terminate, null, null);

    [Fact]
    public void SuspendedWorkflow_StartsNothingNew_UntilItIsResumed()
    {
        var story = TwoSteps().Take(new SuspendAsked()).Succeeds("wf[0].a");
        Assert.Null(story.State.Find("wf[1].b"));

        story.Take(new ResumeAsked(null)).Succeeds("wf[1].b");
        Assert.Equal(WorkflowPhase.Succeeded, story.State.Phase);
    }

    [Fact]
    public void SuspensionTakenBackByHand_StartsNewNodes_LeavesSuspendNodesWaiting()
    {
        var story = new Story($$"""
            {"entrypoint":"main","templates":[
              {"name":"main","dag":{"tasks":[{"name":"ok","template":"wait"},{"name":"a","template":"leaf"},{"name":"b","template":"leaf","depends":"a"}]} },
              {"name":"wait","suspend":{} },{{Leaf}}]}
            """);
        story.Take(new SuspendAsked()).Succeeds("wf.a").Take(new SuspensionLifted());

        Assert.Equal((NodePhase.Running, NodePhase.Pending), (story["wf.ok"].Phase, story["wf.b"].Phase));
    }

    [Fact]
    public void MessageSetOnASuspendNode_Resumed_IsKept()
    {
        var story = new Story("""{"entrypoint":"main","templates":[{"name":"main","suspend":{}}]}""");
        story.Take(new SetAsked(NodeFieldSelector.Parse("name=wf"), null, "seen by Ann", [])).Take(new ResumeAsked(null));

        Assert.Equal((NodePhase.Succeeded, "seen by Ann"), (story["wf"].Phase, story["wf"].Message));
    }

    [Fact]
    public void WorkflowSubmittedSuspended_StoppedBeforeItBegan_Fails()
    {
        var story = TwoSteps(""","suspend":true""");
        Assert.Empty(story.State.Nodes);

        story.Take(Stop);
        Assert.Equal(WorkflowPhase.Failed, story.State.Phase);
        Assert.Equal("Stopped with strategy 'Stop'", story.State.Message);
    }

    [Fact]
    public void Stop_EndsWhatRuns_AndRunsTheExitHandler()
    {
        var story = TwoSteps(""","onExit":"leaf" """).Running("wf[0].a").Take(Stop);
        Assert.Single(story.Orders.OfType<CancelNode>());

        story.Fails("wf[0].a", "143").Succeeds("wf.onExit");
        Assert.Equal((WorkflowPhase.Failed, "Stopped with strategy 'Stop'"), (story.State.Phase, story.State.Message));
        Assert.Null(story.State.Find("wf[1]"));
    }

    [Fact]
    public void Stop_OfAPodThatHasNotStarted_FailsItAtOnce()
    {
        var story = TwoSteps().Take(Stop);

        Assert.Equal("workflow shutdown with strategy:  Stop", story["wf[0].a"].Message);
        Assert.Equal(WorkflowPhase.Failed, story.State.Phase);
    }

    [Fact]
    public void Terminate_RunsNoExitHandler_AndEndsARunningOne()
    {
        var none = TwoSteps(""","onExit":"leaf" """).Take(Terminate);
        Assert.Null(none.State.Find("wf.onExit"));

        var running = TwoSteps(""","onExit":"leaf" """).Take(Stop).Running("wf.onExit").Take(Terminate).Fails("wf.onExit");
        Assert.Equal("Stopped with strategy 'Terminate'", running.State.Message);
    }

    [Fact]
    public void CancelledPod_ThatIsNeverHeardOfAgain_IsDecidedWithoutIt()
    {
        var story = TwoSteps().Running("wf[0].a").Take(Stop);
        Assert.Equal(WorkflowPhase.Running, story.State.Phase);

        story.Passes(TimeSpan.FromMinutes(5));
        Assert.Equal(NodePhase.Failed, story["wf[0].a"].Phase);
        Assert.Equal(WorkflowPhase.Failed, story.State.Phase);
    }

    [Fact]
    public void Deadline_OfTheWorkflow_FailsWhatRuns_ButNotTheExitHandler()
    {
        var story = TwoSteps(""","activeDeadlineSeconds":60,"onExit":"leaf" """).Running("wf[0].a").Passes(TimeSpan.FromMinutes(1));
        Assert.Equal((NodePhase.Failed, "Step exceeded its deadline"), (story["wf[0].a"].Phase, story["wf[0].a"].Message));

        story.Passes(TimeSpan.FromMinutes(1)).Succeeds("wf.onExit");
        Assert.Equal(WorkflowPhase.Failed, story.State.Phase);
    }

    [Fact]
    public void Timeout_OfAPendingPod_SaysSo_AndOfARunningOneCancelsIt()
    {
        const string spec = """{"entrypoint":"main","templates":[{"name":"main","timeout":"10s","container":{"image":"i"}}]}""";
        Assert.Equal("timeout", new Story(spec).Passes(TimeSpan.FromSeconds(10))["wf"].Message);

        var running = new Story(spec).Running("wf").Passes(TimeSpan.FromSeconds(10));
        Assert.Equal("Step exceeded its deadline", Assert.Single(running.Orders.OfType<CancelNode>()).Reason);
    }

    [Fact]
    public void SuspendNode_WithoutItsSuppliedOutput_RefusesToResume_UntilItIsSet()
    {
        var story = new Story($$"""
            {"entrypoint":"main","templates":[{"name":"main","steps":[[{"name":"ok","template":"approve"}],[{"name":"b","template":"leaf","when":"{{"{{steps.ok.outputs.parameters.yes}}"}} == YES"}]]},{{Leaf}},{{Approve}}]}
            """);
        story.Take(new ResumeAsked(null), out var refusal);
        Assert.Equal("raw output parameter 'yes' has not been set and does not have a default value", refusal);

        var selector = NodeFieldSelector.Parse("displayName=ok");
        story.Take(new SetAsked(selector, null, null, [new ParameterValue("other", "x")]), out refusal);
        Assert.Equal("node is not expecting output parameter 'other'", refusal);

        story.Take(new SetAsked(selector, null, null, [new ParameterValue("yes", "YES")])).Take(new ResumeAsked(selector));
        Assert.Equal(NodePhase.Pending, story["wf[1].b"].Phase);
    }

    [Fact]
    public void SuspendNode_WithADuration_GoesOnByItself()
    {
        var story = new Story("""{"entrypoint":"main","templates":[{"name":"main","suspend":{"duration":"20"}}]}""");
        Assert.Equal(story.Now.AddSeconds(20), story.State.NextWake);

        Assert.Equal(WorkflowPhase.Succeeded, story.Passes(TimeSpan.FromSeconds(20)).State.Phase);
    }

    [Fact]
    public void Retry_OfAFailedWorkflow_KeepsWhatSucceeded_AndRunsTheRest()
    {
        var story = TwoSteps(""","onExit":"leaf" """).Succeeds("wf[0].a").Fails("wf[1].b").Succeeds("wf.onExit");
        story.Take(new RetryAsked(false, null, []), out var refusal);

        Assert.Null(refusal);
        Assert.Equal((0, 1), (story["wf[0].a"].Generation, story["wf[1].b"].Generation));
        Assert.Null(story.State.Find("wf.onExit"));

        story.Succeeds("wf[1].b").Succeeds("wf.onExit");
        Assert.Equal(WorkflowPhase.Succeeded, story.State.Phase);
    }

    [Fact]
    public void Retry_KeepsAStepThatItsOwnRetriesHaveSaved()
    {
        var story = new Story($$"""
            {"entrypoint":"main","templates":[{"name":"main","dag":{"tasks":[{"name":"a","template":"again"},{"name":"b","template":"leaf","depends":"a"}]} },
              {"name":"again","retryStrategy":{"limit":1},"container":{"image":"i"} },{{Leaf}}]}
            """);
        story.Fails("wf.a(0)").Succeeds("wf.a(1)").Fails("wf.b").Take(new RetryAsked(false, null, []));

        Assert.Equal(["wf Running", "wf.a Succeeded", "wf.a(0) Failed", "wf.a(1) Succeeded", "wf.b Pending"], story.Nodes());
    }

    [Fact]
    public void Retry_OfAWorkflowStoppedBetweenItsSteps_KeepsTheStepsBefore()
    {
        var story = TwoSteps().Take(new SuspendAsked()).Succeeds("wf[0].a").Take(Stop).Take(new ResumeAsked(null)).Take(new RetryAsked(false, null, []));

        Assert.Equal(NodePhase.Succeeded, story["wf[0].a"].Phase);
        Assert.Equal(NodePhase.Pending, story["wf[1].b"].Phase);
    }

    [Theory]
    [InlineData(true, "To retry a succeeded workflow, set the options restartSuccessful and nodeFieldSelector")]
    [InlineData(false, "Cannot retry a workflow in phase Running")]
    public void Retry_OfAWorkflowThatDidNotFail_IsRefused(bool ended, string expected)
    {
        var story = TwoSteps();
        if (ended)
        {
            story.Succeeds("wf[0].a").Succeeds("wf[1].b");
        }

        story.Take(new RetryAsked(false, null, []), out var refusal);
        Assert.Equal(expected, refusal);
    }
}
