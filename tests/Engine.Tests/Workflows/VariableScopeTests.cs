using System.Text.Json.Nodes;
using Argosy.Engine.Workflows;

namespace Argosy.Engine.Tests.Workflows;

/// <summary>Who sees which variable, and with what value.</summary>
public sealed class VariableScopeTests
{
    [Fact]
    public void InputsThatSpeakOfEachOther_AreWorkedOutInWhicheverOrderTheyCome()
    {
        var story = new Story("""
            {"entrypoint":"main","templates":[{"name":"main","container":{"image":"i"},"inputs":{"parameters":[
              {"name":"third","value":"<{{inputs.parameters.second}}>"},
              {"name":"second","default":"{{= inputs.parameters.first + '!' }}"},
              {"name":"first","value":"{{workflow.name}}"},
              {"name":"left","value":"{{inputs.parameters.right}}"},
              {"name":"right","value":"{{inputs.parameters.left}}"}]} }]}
            """);

        Assert.Equal(
            ["<wf!>", "wf!", "wf", "{{inputs.parameters.right}}", "{{inputs.parameters.left}}"],
            story["wf"].Inputs.Parameters.Select(parameter => parameter.Value));
    }

    [Fact]
    public void Failures_InAnExitHandler_AreJsonWithinOneLayerOfQuotes()
    {
        var story = new Story("""
            {"entrypoint":"main","onExit":"bye","templates":[
              {"name":"main","steps":[[{"name":"a","template":"leaf"}]]},{"name":"leaf","container":{"image":"i"} },
              {"name":"bye","steps":[[{"name":"tell","template":"told","arguments":{"parameters":[{"name":"f","value":"{{workflow.failures}}"}]} }]]},
              {"name":"told","inputs":{"parameters":[{"name":"f"}]},"container":{"image":"i"} }]}
            """).Fails("wf[0].a");

        var told = story["wf.onExit[0].tell"].Inputs.Parameters.Single().Value;
        Assert.StartsWith("\"[{\\\"displayName\\\":", told, StringComparison.Ordinal);
        var failures = System.Text.Json.Nodes.JsonNode.Parse(System.Text.Json.Nodes.JsonNode.Parse(told)!.ToString())!.AsArray();
        Assert.Equal(["[0]", "a", "wf"], failures.Select(failure => (string)failure!["displayName"]!).Order(StringComparer.Ordinal));
    }

    private const string Leaf = """{"name":"leaf","container":{"image":"i","command":["c"]}}""";

    private const string Echo = """{"name":"echo","inputs":{"parameters":[{"name":"m"}]},"container":{"image":"i","args":["{{inputs.parameters.m}}"]}}""";

    private const string Made = """{"name":"make","container":{"image":"i"},"outputs":{"parameters":[{"name":"p","valueFrom":{"path":"/p"}}]}}""";

    [Theory]
    [InlineData("{{workflow.name}}/{{workflow.namespace}}/{{workflow.uid}}", "wf/default/uid-1")]
    [InlineData("{{workflow.mainEntrypoint}} {{workflow.serviceAccountName}} {{workflow.priority}}", "main default 7")]
    [InlineData("{{workflow.parameters.p}} {{workflow.parameters}}", """<v> [{"name":"p","value":"\u003cv\u003e"}]""")]
    [InlineData("{{workflow.parameters.json}}", """[{"name":"p","value":"\u003cv\u003e"}]""")]
    [InlineData("{{=jsonpath(workflow.parameters.json, '$[0].value')}}", "<v>")]
    [InlineData("{{inputs.parameters}} {{inputs.parameters.m}}", """[{"name":"m","value":"q"}] q""")]
    [InlineData("{{pod.name}} {{node.name}} {{steps.name}}", "wf-leaf-2094374163 wf[0].a a")]
    [InlineData("{{tasks.name}} {{foo}} {{item}} {{retries}}", "{{tasks.name}} {{foo}} {{item}} {{retries}}")]
    [InlineData("{{outputs.parameters.o.path}} {{outputs.artifacts.x.path}}", "/o /x")]
    [InlineData("{{workflow.creationTimestamp.Y}}-{{workflow.creationTimestamp.m}}-{{workflow.creationTimestamp.d}}", "2026-01-01")]
    [InlineData("{{workflow.creationTimestamp.H}}{{workflow.creationTimestamp.M}}{{workflow.creationTimestamp.S}}{{workflow.creationTimestamp.L}}", "000000.000")]
    [InlineData("{{workflow.creationTimestamp.B}} {{workflow.creationTimestamp.b}} {{workflow.creationTimestamp.A}} {{workflow.creationTimestamp.a}}", "January Jan Thursday Thu")]
    [InlineData("{{workflow.creationTimestamp.I}} {{workflow.creationTimestamp.p}} {{workflow.creationTimestamp.y}} {{workflow.creationTimestamp.Z}} {{workflow.creationTimestamp.z}}", "12 AM 26 UTC +0000")]
    [InlineData("{{workflow.creationTimestamp.s}} {{workflow.creationTimestamp.RFC3339}}", "1767225600 2026-01-01T00:00:00Z")]
    public void PodTemplate_SeesTheCatalogue(string text, string expected)
    {
        var story = new Story($$"""
            {"entrypoint":"main","priority":7,"arguments":{"parameters":[{"name":"p","value":"<v>"}]},"templates":[
              {"name":"main","steps":[[{"name":"a","template":"leaf","arguments":{"parameters":[{"name":"m","value":"q"}]} }]]},
              {"name":"leaf","inputs":{"parameters":[{"name":"m"}]},"container":{"image":"i","args":[{{JsonValue.Create(text).ToJsonString()}}]},
               "outputs":{"parameters":[{"name":"o","valueFrom":{"path":"/o"} }],"artifacts":[{"name":"x","path":"/x"}]} }]}
            """);

        Assert.Equal(expected.Replace("wf-leaf-2094374163", NodeNames.Pod("wf", "wf[0].a", "leaf", NodeNames.Id("wf", "wf[0].a")), StringComparison.Ordinal), Argument(story, "wf[0].a"));
    }

    [Fact]
    public void LoopItemsAndAttempts_AreNamedAfterTheirStep()
    {
        var story = new Story($$"""
            {"entrypoint":"main","templates":[
              {"name":"main","dag":{"tasks":[{"name":"t","template":"leaf","withItems":["x"]}]} },
              {"name":"leaf","retryStrategy":{"limit":1},"container":{"image":"i","args":["{{"{{tasks.name}} {{node.name}} {{pod.name}} {{retries}}"}}"]} }]}
            """);

        Assert.Equal($"t(0:x) wf.t(0:x) {NodeNames.Pod("wf", "wf.t(0:x)(0)", "leaf", NodeNames.Id("wf", "wf.t(0:x)(0)"))} 0", Argument(story, "wf.t(0:x)(0)"));
    }

    [Fact]
    public void StepsTemplate_SeesWhatItsCallerIsCalled()
    {
        var story = new Story($$$"""
            {"entrypoint":"main","templates":[
              {"name":"main","dag":{"tasks":[{"name":"outer","template":"inner"}]} },
              {"name":"inner","steps":[[{"name":"a","template":"echo","arguments":{"parameters":[{"name":"m","value":"{{tasks.name}} {{node.name}}"}]} }]]},
              {{{Echo}}}]}
            """);

        Assert.Equal("outer wf.outer", Argument(story, "wf.outer[0].a"));
    }

    [Fact]
    public void Task_OfAnotherBranchThatHasEnded_IsNotSeen()
    {
        var story = new Story($$$"""
            {"entrypoint":"main","templates":[
              {"name":"main","dag":{"tasks":[
                {"name":"a","template":"make"},{"name":"b","template":"leaf"},
                {"name":"c","template":"echo","depends":"b","arguments":{"parameters":[{"name":"m","value":"{{tasks.a.outputs.parameters.p}}"}]} }]} },
              {{{Made}}},{{{Echo}}},{{{Leaf}}}]}
            """);
        story.Succeeds("wf.a", null, ("p", "v")).Succeeds("wf.b");

        Assert.Equal((NodePhase.Error, "failed to resolve {{tasks.a.outputs.parameters.p}}"), (story["wf.c"].Phase, story["wf.c"].Message));
        Assert.Equal(WorkflowPhase.Error, story.State.Phase);
    }

    [Fact]
    public void Task_FarAncestor_IsSeen()
    {
        var story = new Story($$$"""
            {"entrypoint":"main","templates":[
              {"name":"main","dag":{"tasks":[
                {"name":"a","template":"make"},{"name":"b","template":"leaf","dependencies":["a"]},{"name":"c","template":"leaf","dependencies":["b"]},
                {"name":"d","template":"echo","dependencies":["c"],"arguments":{"parameters":[{"name":"m","value":"{{=tasks.a.outputs.parameters.p + '!'}}"}]} }]} },
              {{{Made}}},{{{Echo}}},{{{Leaf}}}]}
            """);
        story.Succeeds("wf.a", null, ("p", "v")).Succeeds("wf.b").Succeeds("wf.c");

        Assert.Equal("v!", Argument(story, "wf.d"));
    }

    [Fact]
    public void StepBesideInTheGroup_HeldBackUntilTheOtherHasEnded_StillDoesNotSeeIt()
    {
        var story = new Story($$$"""
            {"entrypoint":"main","templates":[
              {"name":"main","parallelism":1,"steps":[[{"name":"a","template":"make"},
                {"name":"b","template":"echo","arguments":{"parameters":[{"name":"m","value":"{{steps.a.outputs.parameters.p}}"}]} }]]},
              {{{Made}}},{{{Echo}}}]}
            """);
        story.Succeeds("wf[0].a", null, ("p", "v"));

        Assert.Equal("failed to resolve {{steps.a.outputs.parameters.p}}", story["wf[0]"].Message);
        Assert.Equal(WorkflowPhase.Failed, story.State.Phase);
    }

    [Theory]
    [InlineData("""{"name":"m","value":"own"}""", """{"name":"m","value":"given"}""", "given")]
    [InlineData("""{"name":"m","value":"own"}""", """{"name":"m","valueFrom":{"configMapKeyRef":{"name":"cm","key":"k"}}}""", "from-cm")]
    [InlineData("""{"name":"m","valueFrom":{"configMapKeyRef":{"name":"cm","key":"k"}}}""", """{"name":"m","value":"given"}""", "given")]
    [InlineData("""{"name":"m","valueFrom":{"configMapKeyRef":{"name":"cm","key":"k"}}}""", """{"name":"m","valueFrom":{"configMapKeyRef":{"name":"cm","key":"k2"}}}""", "second")]
    [InlineData("""{"name":"m","value":"own"}""", null, "own")]
    [InlineData("""{"name":"m","valueFrom":{"configMapKeyRef":{"name":"cm","key":"k"}}}""", null, "from-cm")]
    [InlineData("""{"name":"m","default":"d"}""", null, "d")]
    [InlineData("""{"name":"m","valueFrom":{"configMapKeyRef":{"name":"cm","key":"gone"},"default":"vd"},"default":"d"}""", null, "vd")]
    [InlineData("""{"name":"m","default":"{{workflow.name}} {{inputs.parameters.outer}}"}""", null, "wf {{inputs.parameters.outer}}")]
    public void Input_TakesTheArgumentFirst_ThenItsOwnValue_ThenItsDefault(string input, string? argument, string expected)
    {
        var story = Told($$$"""
            {"entrypoint":"main","arguments":{"parameters":[{"name":"outer","value":"o"}]},"templates":[
              {"name":"main","inputs":{"parameters":[{"name":"outer"}]},"steps":[[{"name":"a","template":"t","arguments":{"parameters":[{{{argument}}}]} }]]},
              {"name":"t","inputs":{"parameters":[{{{input}}}]},"container":{"image":"i","args":["{{inputs.parameters.m}}"]} }]}
            """);

        Assert.Equal(expected, story["wf[0].a"].Inputs.Parameters[0].Value);
    }

    [Theory]
    [InlineData("""{"name":"m","value":"own"}""", """{"name":"m","value":"given"}""", "given")]
    [InlineData("""{"name":"m","value":"own"}""", """{"name":"m","valueFrom":{"configMapKeyRef":{"name":"cm","key":"k"}}}""", "from-cm")]
    [InlineData("""{"name":"m","valueFrom":{"configMapKeyRef":{"name":"cm","key":"k"}}}""", """{"name":"m","value":"given"}""", "given")]
    [InlineData("""{"name":"m","valueFrom":{"configMapKeyRef":{"name":"cm","key":"k2"}}}""", """{"name":"m","valueFrom":{"configMapKeyRef":{"name":"{{workflow.parameters.which}}","key":"k"}}}""", "from-cm")]
    public void EntrypointInput_TakesTheWorkflowsArgumentFirst(string input, string argument, string expected)
    {
        var story = Told($$$"""
            {"entrypoint":"t","arguments":{"parameters":[{"name":"which","value":"cm"},{{{argument}}}]},"templates":[
              {"name":"t","inputs":{"parameters":[{{{input}}}]},"container":{"image":"i","args":["{{inputs.parameters.m}}"]} }]}
            """);

        Assert.Equal(expected, Argument(story, "wf"));
    }

    [Fact]
    public void MissingConfigMapKey_IsAnErrorThatSaysWhich()
    {
        var story = Told("""
            {"entrypoint":"t","templates":[{"name":"t","inputs":{"parameters":[{"name":"m","valueFrom":{"configMapKeyRef":{"name":"cm","key":"gone"}}}]},"container":{"image":"i"}}]}
            """);

        Assert.Equal(NodePhase.Error, story["wf"].Phase);
        Assert.Contains("inputs.parameters.m from ConfigMap cm", story["wf"].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SkippedProducer_GivesItsDefault_ElseTheConsumersDefault_ElseTheExpressionsOwn()
    {
        var story = new Story("""
            {"entrypoint":"main","templates":[
              {"name":"main","steps":[[{"name":"a","template":"make","when":"1 == 2"},{"name":"b","template":"bare","when":"1 == 2"}],
                [{"name":"c","template":"echo","arguments":{"parameters":[{"name":"m","value":"{{steps.a.outputs.parameters.p}}"}]}},
                 {"name":"d","template":"echo","arguments":{"parameters":[{"name":"m","value":"{{steps.b.outputs.parameters.p}}"}]}},
                 {"name":"e","template":"echo","arguments":{"parameters":[{"name":"m","value":"{{=steps.b.outputs.parameters.p ?? 'other'}}"}]}}]]},
              {"name":"make","container":{"image":"i"},"outputs":{"parameters":[{"name":"p","valueFrom":{"path":"/p","default":"producer"}}]}},
              {"name":"bare","container":{"image":"i"},"outputs":{"parameters":[{"name":"p","valueFrom":{"path":"/p"}}]}},
              {"name":"echo","inputs":{"parameters":[{"name":"m","default":"consumer"}]},"container":{"image":"i","args":["{{inputs.parameters.m}}"]}}]}
            """);

        Assert.Equal(["producer", "consumer", "other"], new[] { "c", "d", "e" }.Select(step => Argument(story, $"wf[1].{step}")));
    }

    [Fact]
    public void SkippedProducer_InsideMoreText_IsAnError()
    {
        var story = new Story("""
            {"entrypoint":"main","templates":[
              {"name":"main","steps":[[{"name":"b","template":"bare","when":"1 == 2"}],
                [{"name":"d","template":"echo","arguments":{"parameters":[{"name":"m","value":"x-{{steps.b.outputs.parameters.p}}"}]}}]]},
              {"name":"bare","container":{"image":"i"},"outputs":{"parameters":[{"name":"p","valueFrom":{"path":"/p"}}]}},
              {"name":"echo","inputs":{"parameters":[{"name":"m","default":"consumer"}]},"container":{"image":"i"}}]}
            """);

        Assert.Equal("failed to resolve {{steps.b.outputs.parameters.p}}", story["wf[1]"].Message);
        Assert.Equal(WorkflowPhase.Failed, story.State.Phase);
    }

    [Fact]
    public void Loop_GathersWhatSucceeded_InTheOrderOfItsItems()
    {
        var story = new Story("""
            {"entrypoint":"main","templates":[
              {"name":"main","steps":[[{"name":"a","template":"make","continueOn":{"failed":true},"withItems":[1,2,3,4],"when":"{{item}} != 4"}],
                [{"name":"b","template":"echo","arguments":{"parameters":[
                  {"name":"all","value":"{{steps.a.outputs.parameters}}"},{"name":"p","value":"{{steps.a.outputs.parameters.p}}"},
                  {"name":"j","value":"{{steps.a.outputs.parameters.j}}"},{"name":"r","value":"{{steps.a.outputs.result}}"},{"name":"s","value":"{{steps.a.status}}"}]}}]]},
              {"name":"make","container":{"image":"i"},"outputs":{"parameters":[{"name":"p","valueFrom":{"path":"/p"}},{"name":"j","valueFrom":{"path":"/j"}}]}},
              {"name":"echo","inputs":{"parameters":[{"name":"all"},{"name":"p"},{"name":"j"},{"name":"r"},{"name":"s"}]},"container":{"image":"i"}}]}
            """);
        story.Succeeds("wf[0].a(2:3)", "{\"n\": 3.0}", ("p", "<3>"), ("j", "[3]"))
            .Fails("wf[0].a(1:2)").Succeeds("wf[0].a(0:1)", "1", ("p", "1"), ("j", "{\"b\": 1, \"a\": 2}"));

        Assert.Equal(
            [
                """[{"j":"{\"b\": 1, \"a\": 2}","p":"1"},{"j":"[3]","p":"\u003c3\u003e"}]""",
                """["1","\u003c3\u003e"]""", """[{"b":1,"a":2},[3]]""", """[1,{"n":3.0}]""", "Succeeded",
            ],
            story["wf[1].b"].Inputs.Parameters.Select(parameter => parameter.Value));
    }

    [Theory]
    [InlineData("""{"b":"it's <b>","a":{"z":1,"y":[1.0]}}""", "{{item}}", """{"a":{"z":1,"y":[1.0]},"b":"it's \u003cb\u003e"}""")]
    [InlineData("""{"b":"it's <b>","a":{"z":1,"y":2}}""", "{{item.b}} {{item.a}}", """it's <b> {"y":2,"z":1}""")]
    [InlineData("""["ä",null,true]""", "{{item}}", """["ä",null,true]""")]
    [InlineData("1.50", "{{item}}", "1.50")]
    [InlineData("\"{{workflow.name}}\"", "{{item}}", "wf")]
    public void Item_IsTheTextThatGoMakesOfIt(string item, string text, string expected)
    {
        var story = new Story($$$"""
            {"entrypoint":"main","templates":[
              {"name":"main","steps":[[{"name":"a","template":"echo","withItems":[{{{item}}}],"arguments":{"parameters":[{"name":"m","value":"{{{text}}}"}]} }]]},
              {{{Echo}}}]}
            """);

        Assert.Equal(expected, story.State.Nodes.Single(node => node.StepName == "a").Inputs.Parameters[0].Value);
    }

    [Fact]
    public void LoopWithAResultThatIsNoJson_HasNoListOfResults()
    {
        var story = new Story($$$"""
            {"entrypoint":"main","templates":[
              {"name":"main","steps":[[{"name":"a","template":"leaf","withItems":[1]}],
                [{"name":"b","template":"echo","arguments":{"parameters":[{"name":"m","value":"{{steps.a.outputs.result}}"}]} }]]},{{{Leaf}}},{{{Echo}}}]}
            """);
        story.Succeeds("wf[0].a(0:1)", "no json");

        Assert.Equal("failed to resolve {{steps.a.outputs.result}}", story["wf[1]"].Message);
    }

    private static Story Told(string spec) => new(spec, resources: new()
    {
        [new(ResourceRefKind.ConfigMap, "cm")] = new JsonObject { ["k"] = "from-cm", ["k2"] = "second" },
    });

    private static string? Argument(Story story, string node) =>
        PodRequests.Of(story.State, story[node]).Template["container"]!["args"]![0]!.GetValue<string>();
}
