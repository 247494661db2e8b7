using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Argosy.Engine.Workflows;

namespace Argosy.Engine.Tests.Workflows;

/// <summary>Workflows that come with a status: what upstream's own tables demand of retry and resubmit on such ones, and how they are read.</summary>
public sealed class RecordedRunStoryTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private const string Nested = """
        {"entrypoint":"main","templates":[
          {"name":"main","dag":{"tasks":[{"name":"media","template":"media"},{"name":"publish","template":"again","depends":"media"}]}},
          {"name":"media","dag":{"tasks":[{"name":"loop","template":"leaf","withItems":["a"]}]}},
          {"name":"again","retryStrategy":{"limit":1},"container":{"image":"i"}},{"name":"leaf","container":{"image":"i"}}]}
        """;

    // The item's edge leads across the end of the inner DAG to what came after it.
    private static JsonObject MediaThenPublish(string phase, string published) => Manifest(Nested, phase, $$"""
        {"wf":{"id":"wf","name":"wf","type":"DAG","phase":"{{phase}}","templateName":"main","children":["media"] },
         "media":{"id":"media","name":"wf.media","type":"DAG","phase":"Succeeded","boundaryID":"wf","templateName":"media","children":["loop"],"outboundNodes":["item"],
           "finishedAt":"2025-01-01T00:00:00Z","outputs":{"parameters":[{"name":"artifact","value":"existing-result"}] } },
         "loop":{"id":"loop","name":"wf.media.loop","type":"TaskGroup","phase":"Succeeded","boundaryID":"media","templateName":"leaf","children":["item"]},
         "item":{"id":"item","name":"wf.media.loop(0:a)","type":"Pod","phase":"Succeeded","boundaryID":"media","templateName":"leaf","children":["publish"]},
         "publish":{"id":"publish","name":"wf.publish","type":"Retry","phase":"{{published}}","boundaryID":"wf","templateName":"again","children":["publish-pod"]},
         "publish-pod":{"id":"publish-pod","name":"wf.publish(0)","type":"Pod","phase":"{{published}}","boundaryID":"wf","templateName":"again","nodeFlag":{"retried":true} } }
        """);

    [Fact]
    public void Retry_OfWhatCameAfterAGroup_LeavesTheGroupAsItIs()
    {
        var state = Loaded(MediaThenPublish("Failed", "Failed"));
        var retried = Retry(state, new RetryAsked(false, null, []));

        Assert.Equal(["publish-pod"], retried.Removed);
        Assert.Equal(["wf", "publish"], retried.Reopened);
        Assert.Equal((NodePhase.Succeeded, "existing-result"), (state.Find("wf.media")!.Phase, state.Find("wf.media")!.Outputs.Parameter("artifact")));
        Assert.Equal(NodePhase.Pending, state.Find("wf.publish(0)")!.Phase);
    }

    [Fact]
    public void Retry_WithinAGroupBySelector_ForgetsWhatCameAfterTheGroup()
    {
        var state = Loaded(MediaThenPublish("Succeeded", "Succeeded"));
        var retried = Retry(state, new RetryAsked(true, NodeFieldSelector.Parse("id=item"), []));

        Assert.Equal(["item", "publish", "publish-pod"], retried.Removed.Order(StringComparer.Ordinal));
        Assert.Equal(["wf", "media", "loop"], retried.Reopened);
    }

    [Fact]
    public void Retry_WithParameters_ExpandsALoopAnew_WithTheNewItems()
    {
        var story = new Story("""
            {"entrypoint":"main","arguments":{"parameters":[{"name":"items","value":"[\"pass\",\"fail\"]"}]},"templates":[
              {"name":"main","inputs":{"parameters":[{"name":"all","value":"{{workflow.parameters.items}}"}]},
               "dag":{"tasks":[{"name":"launch","template":"leaf","withParam":"{{inputs.parameters.all}}","arguments":{"parameters":[{"name":"p","value":"{{item}}"}]}}]}},
              {"name":"leaf","inputs":{"parameters":[{"name":"p"}]},"retryStrategy":{"limit":0},"container":{"image":"i","args":["{{inputs.parameters.p}}"]}}]}
            """);
        story.Succeeds("wf.launch(0:pass)(0)").Fails("wf.launch(1:fail)(0)");
        story.Take(new RetryAsked(false, null, [new ParameterValue("items", """["one","two","three"]""")]), out var refusal);

        Assert.Null(refusal);
        Assert.Equal(
            ["wf", "wf.launch", "wf.launch(0:one)", "wf.launch(0:one)(0)", "wf.launch(1:two)", "wf.launch(1:two)(0)", "wf.launch(2:three)", "wf.launch(2:three)(0)"],
            story.State.Nodes.Select(node => node.Name));
        story.Succeeds("wf.launch(0:one)(0)").Succeeds("wf.launch(1:two)(0)").Succeeds("wf.launch(2:three)(0)");
        Assert.Equal(WorkflowPhase.Succeeded, story.State.Phase);
    }

    [Fact]
    public void Retry_KeepsAFailureThatWasCarriedOnFrom()
    {
        var story = new Story("""
            {"entrypoint":"main","templates":[{"name":"main","dag":{"tasks":[{"name":"a","template":"leaf"},{"name":"b","template":"leaf","depends":"a.Failed"},
              {"name":"c","template":"leaf"}],"failFast":false}},{"name":"leaf","container":{"image":"i"}}]}
            """).Fails("wf.a").Succeeds("wf.b").Fails("wf.c").Take(new RetryAsked(false, null, []));

        Assert.Equal((NodePhase.Failed, NodePhase.Succeeded, NodePhase.Pending), (story["wf.a"].Phase, story["wf.b"].Phase, story["wf.c"].Phase));
        Assert.Equal(WorkflowPhase.Succeeded, story.Succeeds("wf.c").State.Phase);
    }

    [Fact]
    public void Retry_OfAContainerSet_RunsThePodAsAWhole_AndWhatCameAfter()
    {
        var story = new Story("""
            {"entrypoint":"main","templates":[{"name":"main","dag":{"tasks":[{"name":"a","template":"set"},{"name":"b","template":"leaf","depends":"a"}]}},
              {"name":"set","containerSet":{"containers":[{"name":"one","image":"i"},{"name":"two","image":"i"}]}},{"name":"leaf","container":{"image":"i"}}]}
            """).Succeeds("wf.a").Fails("wf.b");
        Assert.Equal(["wf.b"], Names(story, new RetryAsked(false, null, [])));
        story.Fails("wf.b");
        Assert.Equal(["wf.a", "wf.a.one", "wf.a.two", "wf.b"], Names(story, new RetryAsked(true, NodeFieldSelector.Parse("name=wf.a.one"), [])));
        Assert.Equal(WorkflowPhase.Succeeded, story.Succeeds("wf.a").Succeeds("wf.b").State.Phase);
    }

    [Fact]
    public void CompressedNodes_AreUnderstood()
    {
        var manifest = MediaThenPublish("Failed", "Failed");
        var status = manifest["status"]!.AsObject();
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(status["nodes"]!.ToJsonString()));
        }

        status.Remove("nodes");
        status["compressedNodes"] = Convert.ToBase64String(packed.ToArray());

        Assert.Equal(6, Loaded(manifest).NodeCount);
    }

    [Theory]
    [InlineData("KLUv/SAA", "zstd")]
    [InlineData("!!", "cannot be unpacked")]
    [InlineData("H4sIAAAA", "cannot be unpacked")]
    public void CompressedNodes_ThatCannotBeRead_EndTheWorkflowInError_WithTheReason(string packed, string reason)
    {
        var manifest = Manifest(Nested, "Failed", "{}");
        manifest["status"]!["compressedNodes"] = packed;
        var state = Loaded(manifest);

        Assert.Equal(WorkflowPhase.Error, state.Phase);
        Assert.Contains(reason, state.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RecordedTemplates_ServeWhereTheirHolderIsGone()
    {
        var manifest = Manifest("""{"entrypoint":"main","templates":[{"name":"main","steps":[[{"name":"a","templateRef":{"name":"lib","template":"work"}}]]}]}""", "Failed", """
            {"wf":{"id":"wf","name":"wf","type":"Steps","phase":"Failed","templateName":"main","children":["g"]},
             "g":{"id":"g","name":"wf[0]","type":"StepGroup","phase":"Failed","boundaryID":"wf","children":["a"]},
             "a":{"id":"a","name":"wf[0].a","type":"DAG","phase":"Failed","boundaryID":"wf","templateRef":{"name":"lib","template":"work"},"children":["x"]},
             "x":{"id":"x","name":"wf[0].a.x","type":"Pod","phase":"Failed","boundaryID":"a","templateName":"leaf","templateScope":"namespaced/lib"}}
            """);
        manifest["status"]!["storedTemplates"] = JsonNode.Parse("""
            {"namespaced/lib/work":{"name":"work","dag":{"tasks":[{"name":"x","template":"leaf"}]}},"namespaced/lib/leaf":{"name":"leaf","container":{"image":"i"}}}
            """);
        var state = Loaded(manifest);
        var decision = WorkflowDecider.Decide(state, new RetryAsked(false, null, []), Now);
        var lib = Assert.Single(decision.Orders.OfType<ReadResource>()).Resource;
        Assert.Null(state.Find("wf[0].a.x"));

        WorkflowDecider.Decide(state, new ResourceAnswered(lib, null), Now);
        Assert.Equal(NodePhase.Pending, state.Find("wf[0].a.x")!.Phase);
    }

    [Fact]
    public void RunningPodOfAnotherLife_IsRunAgainHere()
    {
        var manifest = Manifest("""{"entrypoint":"main","templates":[{"name":"main","container":{"image":"i"}}]}""", "Running",
            """{"wf":{"id":"wf","name":"wf","type":"Pod","phase":"Running","templateName":"main","startedAt":"2025-01-01T00:00:00Z"}}""");
        var decision = WorkflowDecider.Decide(new WorkflowState(), new Submitted(manifest), Now);

        Assert.Single(decision.Orders.OfType<PlaceNode>());
        Assert.Single(decision.Facts.OfType<NodeAttemptLost>());
    }

    [Theory]
    [InlineData("displayName=ok,templateName==approve,phase!=Failed", true)]
    [InlineData("inputs.parameters.who.value=a\\,b", true)]
    [InlineData("name=wf[0].ok, id!=x", true)]
    [InlineData("templateRef.name=lib", false)]
    [InlineData("nonsense!=x", true)]
    [InlineData("", true)]
    public void NodeFieldSelector_MatchesAsKubernetesFieldSelectorsDo(string selector, bool expected)
    {
        var story = new Story("""
            {"entrypoint":"main","templates":[{"name":"main","steps":[[{"name":"ok","template":"approve","arguments":{"parameters":[{"name":"who","value":"a,b"}]}}]]},
              {"name":"approve","inputs":{"parameters":[{"name":"who"}]},"suspend":{}}]}
            """);
        Assert.Equal(expected, NodeFieldSelector.Parse(selector).Matches(story.State, story["wf[0].ok"]));
    }

    [Fact]
    public void NodeFieldSelector_ThatIsNone_SaysSo() =>
        Assert.Equal("invalid selector: 'phase'; can't understand 'phase'", Assert.Throws<FormatException>(() => NodeFieldSelector.Parse("phase")).Message);

    private static JsonObject Manifest(string spec, string phase, string nodes) => (JsonObject)JsonNode.Parse($$"""
        {"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow","metadata":{"name":"wf","namespace":"default","uid":"u"},"spec":{{spec}},
         "status":{"phase":"{{phase}}","startedAt":"2025-01-01T00:00:00Z","nodes":{{nodes}} } }
        """)!;

    private static WorkflowState Loaded(JsonObject manifest)
    {
        var state = new WorkflowState();
        foreach (var fact in FactCodec.Decode(FactCodec.Encode(WorkflowDecider.Decide(new WorkflowState(), new Submitted(manifest), Now).Facts)))
        {
            state.Apply(fact);
        }

        return state;
    }

    private static (List<string> Removed, List<string> Reopened) Retry(WorkflowState state, RetryAsked retry)
    {
        var ids = state.Nodes.ToDictionary(node => node.Index, state.IdOf);
        var decision = WorkflowDecider.Decide(state, retry, Now);
        Assert.Null(decision.Refusal);
        var fact = Assert.Single(decision.Facts.OfType<WorkflowRetried>());
        return ([.. fact.Removed.Select(index => ids[index])], [.. fact.Reopened.Select(index => ids[index])]);
    }

    private static List<string> Names(Story story, RetryAsked retry)
    {
        var names = story.State.Nodes.ToDictionary(node => node.Index, node => node.Name);
        story.Take(retry, out var refusal);
        Assert.Null(refusal);
        return [.. story.Facts.OfType<WorkflowRetried>().Last().Removed.Select(index => names[index]).Order(StringComparer.Ordinal)];
    }
}
