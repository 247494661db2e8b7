using System.Text.Json.Nodes;
using Argosy.Engine.Workflows;

namespace Argosy.Engine.Tests.Workflows;

public sealed class HookTests
{
    private const string Leaf = """{"name":"leaf","container":{"image":"i","command":["c"]}}""";

    [Fact]
    public void ExitHandlerThatFails_TurnsSuccessIntoItsOwnPhase()
    {
        var story = new Story($$"""{"entrypoint":"leaf","onExit":"leaf","templates":[{{Leaf}}]}""").Succeeds("wf").Errs("wf.onExit");

        Assert.Equal(WorkflowPhase.Error, story.State.Phase);
    }

    [Fact]
    public void WorkflowStoppedBeforeItsFirstNode_EndsWhenTheHookThatRunsHasEnded()
    {
        var story = new Story($$"""
            {"suspend":true,"entrypoint":"leaf","hooks":{"begun":{"template":"leaf","expression":"workflow.status == \"Running\""} },"templates":[{{Leaf}}]}
            """).Take(new ShutdownAsked(ShutdownStrategy.Stop, null, null));
        Assert.Equal(["wf.hooks.begun Pending"], story.Nodes());
        Assert.Equal(WorkflowPhase.Running, story.State.Phase);

        story.Succeeds("wf.hooks.begun");
        Assert.Equal(WorkflowPhase.Failed, story.State.Phase);
    }

    [Fact]
    public void ExitHandler_OfAFailedWorkflow_SeesItsStatus_AndRescuesNothing()
    {
        var story = new Story($$"""
            {"entrypoint":"leaf","onExit":"cry","templates":[{{Leaf}},{"name":"cry","steps":[[{"name":"c","template":"leaf","when":"{{"{{workflow.status}}"}} == Failed"}]]}]}
            """).Fails("wf").Succeeds("wf.onExit[0].c");

        Assert.Equal(WorkflowPhase.Failed, story.State.Phase);
    }

    [Fact]
    public void ExitHookThatFails_DoesNotFailItsStep_ButTheNextGroupWaitsForIt()
    {
        var story = new Story($$"""
            {"entrypoint":"main","templates":[{"name":"main","steps":[[{"name":"a","template":"leaf","hooks":{"exit":{"template":"leaf"} } }],[{"name":"b","template":"leaf"}]]},{{Leaf}}]}
            """).Succeeds("wf[0].a");
        Assert.Null(story.State.Find("wf[1]"));

        story.Fails("wf[0].a.onExit").Succeeds("wf[1].b");
        Assert.Equal(WorkflowPhase.Succeeded, story.State.Phase);
    }

    [Fact]
    public void ExitHookWithoutATemplate_IsANodeInError_AndTheStepsGoOn()
    {
        var story = new Story($$"""
            {"entrypoint":"main","templates":[{"name":"main","steps":[[{"name":"a","template":"leaf","hooks":{"exit":{"template":"gone"} } }]]},{{Leaf}}]}
            """).Succeeds("wf[0].a");

        Assert.Equal(NodePhase.Error, story["wf[0].a.onExit"].Phase);
        Assert.Equal(WorkflowPhase.Succeeded, story.State.Phase);
    }

    [Theory]
    [InlineData("""[[{"name":"a","template":"leaf","hooks":{"exit":{"template":"leaf"}}}]]""", "wf[0].a")]
    public void ExitHook_DueWhileSuspended_IsNotForgotten(string steps, string member)
    {
        var story = new Story($$"""{"entrypoint":"main","templates":[{"name":"main","steps":{{steps}}},{{Leaf}}]}""");
        story.Take(new SuspendAsked()).Succeeds(member);
        Assert.Equal(WorkflowPhase.Running, story.State.Phase);

        story.Take(new ResumeAsked(null)).Succeeds(member + ".onExit");
        Assert.Equal(WorkflowPhase.Succeeded, story.State.Phase);
    }

    [Fact]
    public void TaskHookThatWaitsForItsTemplate_HoldsBackTheDependents()
    {
        var story = new Story($$"""
            {"entrypoint":"main","templates":[{"name":"main","dag":{"tasks":[
              {"name":"a","template":"leaf","hooks":{"exit":{"templateRef":{"name":"t","template":"say"} } } },{"name":"b","template":"leaf","depends":"a"}]} },{{Leaf}}]}
            """);
        story.Resources[new ResourceRef(ResourceRefKind.WorkflowTemplate, "t")] =
            (JsonObject)JsonNode.Parse("""{"templates":[{"name":"say","container":{"image":"i"}}]}""")!;
        story.Succeeds("wf.a");
        Assert.Null(story.State.Find("wf.b"));

        story.Succeeds("wf.a.onExit").Succeeds("wf.b");
        Assert.Equal(WorkflowPhase.Succeeded, story.State.Phase);
    }

    [Fact]
    public void RunningHook_OfTheWorkflow_RunsBesideIt_AndIsWaitedFor()
    {
        var story = new Story($$"""
            {"entrypoint":"leaf","hooks":{"running":{"template":"leaf","expression":"workflow.status == \"Running\""} },"templates":[{{Leaf}}]}
            """).Succeeds("wf");
        Assert.Equal(WorkflowPhase.Running, story.State.Phase);

        Assert.Equal(WorkflowPhase.Succeeded, story.Succeeds("wf.hooks.running").State.Phase);
    }

    [Fact]
    public void Daemon_WhenReady_LetsTheNextGroupRun_AndEndsWithItsSteps()
    {
        var story = new Story($$"""
            {"entrypoint":"main","templates":[{"name":"main","steps":[[{"name":"d","template":"daemon"}],[{"name":"a","template":"show","arguments":{"parameters":[{"name":"ip","value":"{{"{{steps.d.ip}}"}}"}]} }]]},
              {"name":"daemon","daemon":true,"container":{"image":"i"} },{"name":"show","inputs":{"parameters":[{"name":"ip"}]},"container":{"image":"i"} }]}
            """).Running("wf[0].d");
        Assert.Null(story.State.Find("wf[1]"));

        story.Running("wf[0].d", ready: true);
        Assert.Equal("10.0.0.7", story["wf[1].a"].Inputs.Parameters[0].Value);

        story.Succeeds("wf[1].a");
        Assert.True(Assert.Single(story.Orders.OfType<CancelNode>()).DaemonDone);
        Assert.Equal(WorkflowPhase.Running, story.State.Phase);

        story.Fails("wf[0].d", "143");
        Assert.Equal(NodePhase.Succeeded, story["wf[0].d"].Phase);
        Assert.Equal(WorkflowPhase.Succeeded, story.State.Phase);
    }

    [Fact]
    public void Parallelism_OfTheWorkflow_IsUsedUpAndReleased()
    {
        var story = new Story($$"""
            {"entrypoint":"main","parallelism":2,"templates":[{"name":"main","dag":{"tasks":[{"name":"a","template":"leaf","withItems":[1,2,3,4]},{"name":"b","template":"leaf"}]} },{{Leaf}}]}
            """);
        Assert.Equal(2, story.State.ActivePods);
        foreach (var pod in new[] { "wf.b", "wf.a(0:1)", "wf.a(1:2)", "wf.a(2:3)" })
        {
            story.Succeeds(pod);
        }

        story.Succeeds("wf.a(3:4)");
        Assert.Equal(WorkflowPhase.Succeeded, story.State.Phase);
    }

    [Fact]
    public void ParallelismOfOne_OverRetriedItems_OpensThemOneByOne()
    {
        var story = new Story("""
            {"entrypoint":"main","templates":[{"name":"main","parallelism":1,"steps":[[{"name":"a","template":"again","withItems":[1,2,3]}]]},
              {"name":"again","retryStrategy":{"limit":1},"container":{"image":"i"}}]}
            """);

        Assert.Equal(["wf Running", "wf[0] Running", "wf[0].a(0:1) Running", "wf[0].a(0:1)(0) Pending"], story.Nodes());
    }
}
