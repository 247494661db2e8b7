using Argosy.Engine.Workflows;

namespace Argosy.Engine.Tests.Workflows;

/// <summary>Exit hooks of steps and of the workflow when the workflow is stopped, and what they are called with.</summary>
public sealed class ExitHookTests
{
    private const string Steps = """
        {"entrypoint":"main","arguments":{"parameters":[{"name":"who","value":"ann"}]},"onExit":"told","templates":[
          {"name":"main","steps":[[{"name":"a","template":"leaf","hooks":{"exit":{"template":"told"},"busy":{"template":"leaf","expression":"steps.a.status == \"Running\""}}}],[{"name":"b","template":"leaf"}]]},
          {"name":"leaf","container":{"image":"i"}},
          {"name":"told","inputs":{"parameters":[{"name":"who","default":"nobody"}]},"container":{"image":"i"}}]}
        """;

    [Fact]
    public void Stop_RunsExitHooksOfStepsThatEnd_AndTheExitHandler()
    {
        var story = new Story(Steps).Running("wf[0].a");
        story.Take(new ShutdownAsked(ShutdownStrategy.Stop, null, null)).Fails("wf[0].a");

        story.Succeeds("wf[0].a.onExit").Succeeds("wf.onExit");

        Assert.Equal((WorkflowPhase.Failed, "Stopped with strategy 'Stop'"), (story.State.Phase, story.State.Message));
        Assert.Null(story.State.Find("wf[1].b"));
    }

    [Fact]
    public void Terminate_RunsNoHookAtAll_AndKillsTheOneThatRuns()
    {
        var story = new Story(Steps).Succeeds("wf[0].a").Running("wf[0].a.onExit");

        story.Take(new ShutdownAsked(ShutdownStrategy.Terminate, null, null));
        Assert.Contains(story.Orders.OfType<CancelNode>(), order => order.Node == story["wf[0].a.onExit"].Index);
        story.Fails("wf[0].a.onExit");

        Assert.Equal(WorkflowPhase.Failed, story.State.Phase);
        Assert.Null(story.State.Find("wf.onExit"));
    }

    [Fact]
    public void ExitHook_WithoutArguments_GetsTheWorkflows_OtherHooksDoNot()
    {
        var story = new Story(Steps.Replace("\"busy\":{\"template\":\"leaf\"", "\"busy\":{\"template\":\"told\"", StringComparison.Ordinal));
        story.Running("wf[0].a").Succeeds("wf[0].a").Succeeds("wf[0].a.hooks.busy").Succeeds("wf[0].a.onExit").Succeeds("wf[1].b");

        Assert.Equal("ann", story["wf[0].a.onExit"].Inputs.Parameters[0].Value);
        Assert.Equal("nobody", story["wf[0].a.hooks.busy"].Inputs.Parameters[0].Value);
        Assert.Equal("ann", story["wf.onExit"].Inputs.Parameters[0].Value);
    }

    [Fact]
    public void OnExit_OfAStep_WinsOverItsExitHook()
    {
        var story = new Story(Steps.Replace("\"hooks\":{\"exit\"", "\"onExit\":\"leaf\",\"hooks\":{\"exit\"", StringComparison.Ordinal)).Succeeds("wf[0].a");

        Assert.Equal("leaf", story["wf[0].a.onExit"].TemplateName);
    }

    [Theory]
    [InlineData("""{"template":"missing"}""")]
    [InlineData("""{"template":"leaf"}""")]
    public void ExitHook_ThatFails_ChangesNeitherItsStepNorTheWorkflow(string hook)
    {
        var story = new Story($$$"""
            {"entrypoint":"main","templates":[{"name":"main","steps":[[{"name":"a","template":"leaf","hooks":{"exit":{{{hook}}}}}],[{"name":"b","template":"leaf"}]]},{"name":"leaf","container":{"image":"i"}}]}
            """).Succeeds("wf[0].a");
        if (!story["wf[0].a.onExit"].Phase.IsEnd())
        {
            Assert.Null(story.State.Find("wf[1].b"));
            story.Fails("wf[0].a.onExit");
        }

        story.Succeeds("wf[1].b");

        Assert.Equal((WorkflowPhase.Succeeded, NodePhase.Succeeded), (story.State.Phase, story["wf[0].a"].Phase));
    }

    [Theory]
    [InlineData(false, "Failed", "main: Error (exit code 1)")]
    [InlineData(true, "Error", "broken")]
    public void ExitHandler_ThatFails_FailsASucceededWorkflow(bool errs, string phase, string message)
    {
        var story = new Story(Steps).Succeeds("wf[0].a").Succeeds("wf[0].a.onExit").Succeeds("wf[1].b");

        _ = errs ? story.Errs("wf.onExit") : story.Fails("wf.onExit");

        Assert.Equal((phase, message), (story.State.Phase.ToText(), story.State.Message));
    }

    [Fact]
    public void Deadline_LeavesTheExitHandlerAlone()
    {
        var story = new Story(Steps.Replace("\"entrypoint\"", "\"activeDeadlineSeconds\":10,\"entrypoint\"", StringComparison.Ordinal)).Running("wf[0].a");

        story.Passes(TimeSpan.FromSeconds(11)).Succeeds("wf[0].a.onExit").Running("wf.onExit").Passes(TimeSpan.FromHours(1));
        Assert.Equal(("Step exceeded its deadline", NodePhase.Running), (story["wf[0].a"].Message, story["wf.onExit"].Phase));
        story.Succeeds("wf.onExit");

        Assert.Equal(WorkflowPhase.Failed, story.State.Phase);
    }

    [Fact]
    public void PendingTimeout_ConcernsOnlyTheWait()
    {
        const string spec = """{"entrypoint":"leaf","templates":[{"name":"leaf","pendingTimeout":"10s","timeout":"60s","container":{"image":"i"}}]}""";
        var waits = new Story(spec).Passes(TimeSpan.FromSeconds(10));
        var runs = new Story(spec).Running("wf").Passes(TimeSpan.FromSeconds(10));

        Assert.Equal((NodePhase.Failed, "pending timeout"), (waits["wf"].Phase, waits["wf"].Message));
        Assert.Equal(NodePhase.Running, runs["wf"].Phase);
        runs.Passes(TimeSpan.FromSeconds(50));
        Assert.True(runs["wf"].CancelRequested);
    }
}
