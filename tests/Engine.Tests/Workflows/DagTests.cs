using Argosy.Engine.Workflows;

namespace Argosy.Engine.Tests.Workflows;

public sealed class DagTests
{
    private static Story Of(string tasks, string dag = "", string template = "") => new($$"""
        {"entrypoint":"main","templates":[{"name":"main"{{template}},"dag":{"tasks":{{tasks}}{{dag}}} },{"name":"leaf","container":{"image":"i","command":["c"]} }]}
        """);

    [Theory]
    [InlineData("a", "succeeds", true)]
    [InlineData("a", "fails", false)]
    [InlineData("a", "errs", false)]
    [InlineData("a.Failed", "fails", true)]
    [InlineData("a.Failed", "errs", false)]
    [InlineData("a.Errored", "errs", true)]
    [InlineData("a.Succeeded || a.Failed", "fails", true)]
    [InlineData("!a.Failed", "succeeds", true)]
    [InlineData("a.Skipped", "succeeds", false)]
    public void Depends_OnAnEndedTask_RunsOrOmits(string depends, string end, bool runs)
    {
        var story = Of($$"""[{"name":"a","template":"leaf"},{"name":"b","template":"leaf","depends":"{{depends}}"}]""");
        _ = end switch { "succeeds" => story.Succeeds("wf.a"), "fails" => story.Fails("wf.a"), _ => story.Errs("wf.a") };

        Assert.Equal(runs ? NodePhase.Pending : NodePhase.Omitted, story["wf.b"].Phase);
    }

    [Fact]
    public void SkippedDependency_SatisfiesABareName_AndOmittedDoesNot()
    {
        var story = Of("""
            [{"name":"a","template":"leaf","when":"false"},{"name":"b","template":"leaf","depends":"a.Failed"},
             {"name":"c","template":"leaf","depends":"a"},{"name":"d","template":"leaf","depends":"b"}]
            """);

        Assert.Equal(["wf Running", "wf.a Skipped", "wf.b Omitted", "wf.c Pending", "wf.d Omitted"], story.Nodes().Order(StringComparer.Ordinal));
        Assert.Equal("omitted: depends condition not met", story["wf.b"].Message);
    }

    [Fact]
    public void FailedTask_ThatADependentTolerates_DoesNotFailTheDag()
    {
        var story = Of("""[{"name":"a","template":"leaf"},{"name":"b","template":"leaf","depends":"a.Failed"}]""").Fails("wf.a").Succeeds("wf.b");

        Assert.Equal(WorkflowPhase.Succeeded, story.State.Phase);
    }

    [Fact]
    public void FailedTask_ThatOmitsItsDependent_FailsTheDag()
    {
        var story = Of("""[{"name":"a","template":"leaf"},{"name":"b","template":"leaf","depends":"a"}]""").Errs("wf.a");

        Assert.Equal(NodePhase.Error, story["wf"].Phase);
        Assert.Equal(WorkflowPhase.Error, story.State.Phase);
    }

    [Fact]
    public void Target_OfTheDag_RunsNothingElse()
    {
        var story = Of(
            """[{"name":"a","template":"leaf"},{"name":"b","template":"leaf","depends":"a"},{"name":"c","template":"leaf"}]""", ""","target":"b" """);
        story.Succeeds("wf.a").Succeeds("wf.b");

        Assert.Null(story.State.Find("wf.c"));
        Assert.Equal(WorkflowPhase.Succeeded, story.State.Phase);
    }

    [Fact]
    public void LoopTask_WithAFailedItem_TakesItsPhase()
    {
        var story = Of("""[{"name":"a","template":"leaf","withItems":[1,2]},{"name":"b","template":"leaf","depends":"a.AnySucceeded"}]""");
        story.Fails("wf.a(0:1)").Succeeds("wf.a(1:2)");

        Assert.Equal(NodeType.TaskGroup, story["wf.a"].Type);
        Assert.Equal(NodePhase.Failed, story["wf.a"].Phase);
        Assert.Equal(NodePhase.Pending, story["wf.b"].Phase);
    }

    [Fact]
    public void EmptyLoop_InADag_IsTheTaskItselfSkipped()
    {
        var story = Of("""[{"name":"a","template":"leaf","withParam":"[]"},{"name":"b","template":"leaf","depends":"a"}]""");

        Assert.Equal(NodeType.Skipped, story["wf.a"].Type);
        Assert.Equal(NodePhase.Pending, story["wf.b"].Phase);
    }

    [Fact]
    public void FailFastTemplate_AfterAFailure_StartsNothingMoreAndFails()
    {
        var story = Of(
            """[{"name":"a","template":"leaf"},{"name":"b","template":"leaf"},{"name":"c","template":"leaf"}]""",
            template: ""","parallelism":2,"failFast":true""");
        story.Fails("wf.a");
        Assert.Equal(NodePhase.Running, story["wf"].Phase);

        story.Succeeds("wf.b");
        Assert.Null(story.State.Find("wf.c"));
        Assert.Equal("template has failed or errored children and failFast enabled", story["wf"].Message);
        Assert.Equal(WorkflowPhase.Failed, story.State.Phase);
    }

    [Fact]
    public void LongChainOfOmittedTasks_Closed_DoesNotExhaustTheStack()
    {
        const int Length = 4000;
        var tasks = string.Join(',', Enumerable.Range(1, Length).Select(at => $$"""{"name":"t{{at}}","template":"leaf","depends":"t{{at - 1}}"}"""));
        var story = Of($$"""[{"name":"t0","template":"leaf"},{{tasks}}]""").Fails("wf.t0");

        Assert.Equal(NodePhase.Omitted, story[$"wf.t{Length}"].Phase);
        Assert.Equal(WorkflowPhase.Failed, story.State.Phase);
    }

    [Theory]
    [InlineData("a &&")]
    [InlineData("a.Succeeded ||| b")]
    [InlineData("(a")]
    public void DependsThatIsNoCondition_IsAnErrorOfItsTaskAlone(string depends)
    {
        var story = new Story($$$"""
            {"entrypoint":"main","templates":[
              {"name":"main","dag":{"tasks":[{"name":"a","template":"leaf"},{"name":"b","template":"leaf","depends":"{{{depends}}}"}]} },
              {"name":"leaf","container":{"image":"i"} }]}
            """);
        story.Succeeds("wf.a");

        Assert.Equal(NodePhase.Error, story["wf.b"].Phase);
        Assert.StartsWith($"invalid depends '{depends}': ", story["wf.b"].Message, StringComparison.Ordinal);
        Assert.Equal(WorkflowPhase.Error, story.State.Phase);
    }
}
