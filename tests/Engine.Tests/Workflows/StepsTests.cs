using System.Text.Json.Nodes;
using Argosy.Engine.Workflows;

namespace Argosy.Engine.Tests.Workflows;

public sealed class StepsTests
{
    private const string Leaf = """{"name":"leaf","container":{"image":"i","command":["c"]}}""";

    private static Story Of(string steps, string more = "") =>
        new($$"""{"entrypoint":"main","templates":[{"name":"main","steps":{{steps}}{{more}}},{{Leaf}}]}""");

    [Fact]
    public void SecondGroup_FirstStillRunning_DoesNotExist()
    {
        var story = Of("""[[{"name":"a","template":"leaf"},{"name":"b","template":"leaf"}],[{"name":"c","template":"leaf"}]]""");
        story.Succeeds("wf[0].a");
        Assert.Null(story.State.Find("wf[1]"));

        story.Succeeds("wf[0].b");
        Assert.Equal(NodePhase.Pending, story["wf[1].c"].Phase);
    }

    [Fact]
    public void ChildInError_GroupCloses_StepsAndWorkflowAreFailed()
    {
        var story = Of("""[[{"name":"a","template":"leaf"}],[{"name":"b","template":"leaf"}]]""").Errs("wf[0].a");

        Assert.Equal(NodePhase.Failed, story["wf"].Phase);
        Assert.Equal($"child '{NodeNames.Id("wf", "wf[0].a")}' failed", story["wf"].Message);
        Assert.Equal(WorkflowPhase.Failed, story.State.Phase);
        Assert.Null(story.State.Find("wf[1]"));
    }

    [Fact]
    public void ToleratedFailure_GroupCloses_NextGroupRuns()
    {
        var story = Of("""[[{"name":"a","template":"leaf","continueOn":{"failed":true}}],[{"name":"b","template":"leaf"}]]""");
        story.Fails("wf[0].a").Succeeds("wf[1].b");

        Assert.Equal(NodePhase.Failed, story["wf[0].a"].Phase);
        Assert.Equal(WorkflowPhase.Succeeded, story.State.Phase);
    }

    [Fact]
    public void ToleratedErrorBeforeTheStepBegan_GroupCloses_NextGroupRuns()
    {
        var story = new Story($$"""
            {"entrypoint":"main","templates":[
              {"name":"main","steps":[[{"name":"a","template":"needs","continueOn":{"error":true} }],[{"name":"b","template":"leaf"}]]},
              {"name":"needs","inputs":{"parameters":[{"name":"x"}]},"container":{"image":"i"} },{{Leaf}}]}
            """);
        story.Succeeds("wf[1].b");

        Assert.Equal("inputs.parameters.x was not supplied", story["wf[0].a"].Message);
        Assert.Equal(WorkflowPhase.Succeeded, story.State.Phase);
    }

    [Fact]
    public void FalseCondition_ArgumentsThatOnlyMakeSenseWhereItHolds_AreNotLookedAt()
    {
        var story = Of("""
            [[{"name":"a","template":"leaf","when":"{{= workflow.name == 'other' }}","arguments":{"parameters":[{"name":"id","value":"{{= jsonpath('', '$.id') }}"}]} }]]
            """);

        Assert.Equal((NodePhase.Skipped, WorkflowPhase.Succeeded), (story["wf[0].a"].Phase, story.State.Phase));
    }

    [Fact]
    public void TemplateThatCallsItselfTwice_IsStopped_BeforeItTakesAllMemory()
    {
        var state = new WorkflowState { MaxNodes = 1_000 };
        WorkflowDecider.Decide(state, new Submitted((JsonObject)JsonNode.Parse("""
            {"metadata":{"name":"wf","uid":"u"},"spec":{"entrypoint":"main","templates":[
              {"name":"main","dag":{"tasks":[{"name":"a","template":"main"},{"name":"b","template":"main"}]} }]}}
            """)!), DateTimeOffset.UnixEpoch);

        Assert.Equal((WorkflowPhase.Failed, 1_000), (state.Phase, state.NodeCount));
        Assert.Contains(state.Nodes, node => node.Message?.StartsWith("the workflow has 1000 nodes", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void FalseCondition_StepIsSkipped_WithTheConditionInItsMessage()
    {
        var story = Of("""[[{"name":"a","template":"leaf","when":"{{workflow.name}} == tails"}]]""");

        Assert.Equal(NodeType.Skipped, story["wf[0].a"].Type);
        Assert.Equal(NodePhase.Skipped, story["wf[0].a"].Phase);
        Assert.Equal("when 'wf == tails' evaluated false", story["wf[0].a"].Message);
        Assert.Equal(WorkflowPhase.Succeeded, story.State.Phase);
    }

    [Fact]
    public void UnresolvableStep_BesideARunningOne_WaitsForItAndEndsTheGroupInError()
    {
        var story = Of("""[[{"name":"a","template":"leaf"},{"name":"b","template":"leaf","when":"{{steps.a.outputs.result}} == x"}]]""");
        Assert.Equal(NodePhase.Running, story["wf[0]"].Phase);

        story.Succeeds("wf[0].a");
        Assert.Equal(NodePhase.Error, story["wf[0]"].Phase);
        Assert.Equal("failed to resolve {{steps.a.outputs.result}}", story["wf[0]"].Message);
        Assert.Equal(NodePhase.Failed, story["wf"].Phase);
    }

    [Fact]
    public void Loop_OverItems_NamesItsNodesAsUpstream()
    {
        var story = Of("""[[{"name":"a","template":"leaf","withItems":["x (y)",1,true,{"b":2,"a":"z"},["p",3]]}]]""");

        Assert.Equal(
            ["wf", "wf[0]", "wf[0].a(0:x y)", "wf[0].a(1:1)", "wf[0].a(2:true)", "wf[0].a(3:a:z,b:2)", "wf[0].a(4:[p 3])"],
            story.State.Nodes.Select(node => node.Name));
    }

    [Fact]
    public void EmptyLoop_InSteps_IsOneSkippedNode()
    {
        var story = Of("""[[{"name":"a","template":"leaf","withItems":[]}]]""");

        Assert.Equal(NodePhase.Skipped, story["wf[0].a"].Phase);
        Assert.Equal("Skipped, empty params", story["wf[0].a"].Message);
        Assert.Equal(WorkflowPhase.Succeeded, story.State.Phase);
    }

    [Theory]
    [InlineData("""{"count":"3"}""", "0,1,2")]
    [InlineData("""{"count":0}""", "")]
    [InlineData("""{"start":"5","end":"3"}""", "5,4,3")]
    [InlineData("""{"start":"9","end":"11","format":"h%02X"}""", "h09,h0A,h0B")]
    public void Sequence_Expanded_GivesTheStringsThatUpstreamGives(string sequence, string items)
    {
        var story = Of($$"""[[{"name":"a","template":"leaf","withSequence":{{sequence}}}]]""");

        string[] names = items.Length == 0 ? ["wf[0].a"] : [.. items.Split(',').Select((item, index) => $"wf[0].a({index}:{item})")];
        Assert.Equal(names, story.State.Nodes.Skip(2).Select(node => node.Name));
    }

    [Theory]
    [InlineData("""{"start":"-9223372036854775808","end":"9223372036854775807"}""")]
    [InlineData("""{"count":"2000000"}""")]
    [InlineData("""{"count":"many"}""")]
    public void HostileSequence_Expanded_IsAnErrorOfTheGroup(string sequence)
    {
        var story = Of($$"""[[{"name":"a","template":"leaf","withSequence":{{sequence}}}]]""");

        Assert.Equal(NodePhase.Error, story["wf[0]"].Phase);
        Assert.Equal(WorkflowPhase.Failed, story.State.Phase);
    }

    [Fact]
    public void LoopOutputs_Aggregated_LeaveOutWhatFailedAndKeepTheOrderOfItems()
    {
        var story = new Story("""
            {"entrypoint":"main","templates":[
              {"name":"main","steps":[
                [{"name":"a","template":"leaf","withItems":[1,2,3],"continueOn":{"failed":true}}],
                [{"name":"b","template":"show","arguments":{"parameters":[
                  {"name":"results","value":"{{steps.a.outputs.result}}"},{"name":"ps","value":"{{steps.a.outputs.parameters.p}}"},{"name":"all","value":"{{steps.a.outputs.parameters}}"}]}}]]},
              {"name":"show","inputs":{"parameters":[{"name":"results"},{"name":"ps"},{"name":"all"}]},"container":{"image":"i"}},
              {"name":"leaf","outputs":{"parameters":[{"name":"p","valueFrom":{"path":"/p"}}]},"container":{"image":"i"}}]}
            """);
        story.Succeeds("wf[0].a(2:3)", "\"text\"", ("p", "3")).Fails("wf[0].a(1:2)").Succeeds("wf[0].a(0:1)", "{\"x\":1}", ("p", "1"));

        Assert.Equal(
            ["[{\"x\":1},\"text\"]", "[\"1\",\"3\"]", "[{\"p\":\"1\"},{\"p\":\"3\"}]"],
            story["wf[1].b"].Inputs.Parameters.Select(parameter => parameter.Value));
        Assert.Equal("[{\"x\":1},\"text\"]", story.Replayed().Find("wf[1].b")!.Inputs.Parameters[0].Value);
    }

    [Fact]
    public void DeepRecursion_BeyondTheLimit_EndsInsteadOfGrowingForEver()
    {
        var story = new Story("""{"entrypoint":"main","templates":[{"name":"main","steps":[[{"name":"a","template":"main"}]]}]}""");

        Assert.Equal(WorkflowPhase.Failed, story.State.Phase);
        Assert.Contains(story.State.Nodes, node => node.Message?.StartsWith("Maximum recursion depth exceeded", StringComparison.Ordinal) ?? false);
    }
}
