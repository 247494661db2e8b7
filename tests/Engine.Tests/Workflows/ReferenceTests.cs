using System.Text.Json.Nodes;
using Argosy.Engine.Workflows;

namespace Argosy.Engine.Tests.Workflows;

/// <summary>Templates that come from elsewhere, and outputs that go everywhere.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public void TemplateRef_RunsTheOthersTemplate_AmongItsOwnTemplates()
    {
        var story = Told(
            """{"entrypoint":"main","templates":[{"name":"main","steps":[[{"name":"a","templateRef":{"name":"lib","template":"outer"}}]]}]}""",
            ResourceRefKind.WorkflowTemplate,
            "lib",
            """{"templates":[{"name":"outer","steps":[[{"name":"in","template":"inner"}]]},{"name":"inner","container":{"image":"theirs"}}]}""");

        Assert.Equal("theirs", Image(story, "wf[0].a[0].in"));
        Assert.Equal(WorkflowPhase.Succeeded, story.Succeeds("wf[0].a[0].in").State.Phase);
    }

    [Fact]
    public void ClusterScopedTemplateRef_IsLookedForInTheCluster()
    {
        var story = Told(
            """{"entrypoint":"main","templates":[{"name":"main","dag":{"tasks":[{"name":"a","templateRef":{"name":"lib","template":"t","clusterScope":true}}]}}]}""",
            ResourceRefKind.ClusterWorkflowTemplate,
            "lib",
            """{"templates":[{"name":"t","container":{"image":"theirs"}}]}""");

        Assert.Equal("theirs", Image(story, "wf.a"));
    }

    [Theory]
    [InlineData("gone", "t")]
    [InlineData("lib", "gone")]
    public void TemplateRefToNothing_IsAnErrorOfTheStep(string name, string template)
    {
        var story = Told(
            $$$"""{"entrypoint":"main","templates":[{"name":"main","steps":[[{"name":"a","templateRef":{"name":"{{{name}}}","template":"{{{template}}}"} }]]}]}""",
            ResourceRefKind.WorkflowTemplate,
            "lib",
            """{"templates":[{"name":"t","container":{"image":"theirs"}}]}""");

        Assert.Contains($"template {template} not found in WorkflowTemplate {name}", story["wf[0]"].Message, StringComparison.Ordinal);
        Assert.Equal(WorkflowPhase.Failed, story.State.Phase);
    }

    [Fact]
    public void TemplateRef_TheRunningWorkflowsDefaultsCount_NotTheHoldersOwn()
    {
        var story = Told(
            """
            {"entrypoint":"main","templateDefaults":{"container":{"workingDir":"/ours"}},"retryStrategy":{"limit":1},
             "templates":[{"name":"main","steps":[[{"name":"a","templateRef":{"name":"lib","template":"t"}}]]}]}
            """,
            ResourceRefKind.WorkflowTemplate,
            "lib",
            """{"templateDefaults":{"container":{"workingDir":"/theirs"}},"templates":[{"name":"t","container":{"image":"x"}}]}""");

        Assert.Equal(NodeType.Retry, story["wf(0)[0].a"].Type);
        Assert.Equal("/ours", PodRequests.Of(story.State, story["wf(0)[0].a(0)"]).Template["container"]!["workingDir"]!.GetValue<string>());
    }

    [Fact]
    public void WorkflowTemplateRef_TheSubmittedFieldsWin_AndParametersMergeByName()
    {
        var story = Told(
            """{"workflowTemplateRef":{"name":"lib"},"entrypoint":"other","arguments":{"parameters":[{"name":"b","value":"mine"}]}}""",
            ResourceRefKind.WorkflowTemplate,
            "lib",
            """
            {"entrypoint":"t","priority":3,"arguments":{"parameters":[{"name":"a","value":"theirs"},{"name":"b","value":"theirs"}]},
             "templates":[{"name":"t","container":{"image":"x"}},{"name":"other","container":{"image":"{{workflow.parameters.a}}-{{workflow.parameters.b}}-{{workflow.priority}}"}}]}
            """);

        Assert.Equal("theirs-mine-3", Image(story, "wf"));
    }

    [Fact]
    public void InlineTemplate_SeesItsOwnInputs_GetsTheDefaults_AndIsRetried()
    {
        var story = new Story("""
            {"entrypoint":"main","templateDefaults":{"container":{"image":"default"}},"templates":[
              {"name":"main","steps":[[{"name":"a","arguments":{"parameters":[{"name":"m","value":"v"}]},
                "inline":{"retryStrategy":{"limit":1},"inputs":{"parameters":[{"name":"m"}]},"container":{"args":["{{inputs.parameters.m}}"]}}}]]}]}
            """);
        story.Fails("wf[0].a(0)");

        Assert.Equal("default", Image(story, "wf[0].a(1)"));
        Assert.Equal("v", PodRequests.Of(story.State, story["wf[0].a(1)"]).Template["container"]!["args"]![0]!.GetValue<string>());
        Assert.Equal(WorkflowPhase.Succeeded, story.Succeeds("wf[0].a(1)").State.Phase);
    }

    [Fact]
    public void GlobalName_MakesAnOutputTheWorkflows_TheLastWriterWins()
    {
        var story = new Story("""
            {"entrypoint":"main","onExit":"exit","templates":[
              {"name":"main","steps":[[{"name":"a","template":"make","withItems":["x","y"],"arguments":{"parameters":[{"name":"n","value":"{{item}}"}]}}],
                [{"name":"b","template":"show","arguments":{"parameters":[{"name":"m","value":"{{workflow.outputs.parameters.all}} {{workflow.outputs.parameters.of-x}}"}]}}]]},
              {"name":"make","inputs":{"parameters":[{"name":"n"}]},"container":{"image":"i"},
               "outputs":{"parameters":[{"name":"p","globalName":"all","valueFrom":{"path":"/p"}},{"name":"q","globalName":"of-{{inputs.parameters.n}}","valueFrom":{"path":"/q"}}]}},
              {"name":"show","inputs":{"parameters":[{"name":"m"}]},"container":{"image":"{{inputs.parameters.m}}"}},
              {"name":"exit","container":{"image":"{{workflow.outputs.parameters.of-y}} {{workflow.status}}"}}]}
            """);
        story.Succeeds("wf[0].a(1:y)", null, ("p", "1"), ("q", "qy")).Succeeds("wf[0].a(0:x)", null, ("p", "2"), ("q", "qx"));

        Assert.Equal("2 qx", Image(story, "wf[1].b"));
        story.Succeeds("wf[1].b");
        Assert.Equal("qy Succeeded", Image(story, "wf.onExit"));
    }

    [Fact]
    public void GlobalArtifact_CanBeTakenFromAnywhere()
    {
        var story = new Story("""
            {"entrypoint":"main","templates":[
              {"name":"main","steps":[[{"name":"a","template":"make"}],
                [{"name":"b","template":"take","arguments":{"artifacts":[{"name":"in","from":"{{workflow.outputs.artifacts.shared}}"}]}}]]},
              {"name":"make","container":{"image":"i"},"outputs":{"artifacts":[{"name":"out","globalName":"shared","path":"/o"}]}},
              {"name":"take","inputs":{"artifacts":[{"name":"in","path":"/in"}]},"container":{"image":"i"}}]}
            """);
        Report(story, "wf[0].a", new ArtifactValue("out", new JsonObject { ["name"] = "out", ["path"] = "/o", ["s3"] = new JsonObject { ["key"] = "k" } }));

        var artifact = Assert.Single(story["wf[1].b"].Inputs.Artifacts).Json;
        Assert.Equal(("in", "/in", "k"), (Text(artifact["name"]), Text(artifact["path"]), Text(artifact["s3"]!["key"])));
    }

    [Theory]
    [InlineData("""{"name":"in","from":"{{steps.a.outputs.artifacts.out}}","subPath":"sub/{{workflow.name}}"}""", "k", "sub/wf")]
    [InlineData("""{"name":"in","fromExpression":"steps.a.status == 'Succeeded' ? steps.a.outputs.artifacts.out : nil"}""", "k", null)]
    [InlineData("""{"name":"in","s3":{"key":"other-{{workflow.name}}"}}""", "other-wf", null)]
    public void ArtifactArgument_GivesTheInputItsPlace(string argument, string key, string? subPath)
    {
        var story = new Story($$$"""
            {"entrypoint":"main","templates":[
              {"name":"main","steps":[[{"name":"a","template":"make"}],[{"name":"b","template":"take","arguments":{"artifacts":[{{{argument}}}]} }]]},
              {"name":"make","container":{"image":"i"},"outputs":{"artifacts":[{"name":"out","path":"/o"}]} },
              {"name":"take","inputs":{"artifacts":[{"name":"in","path":"/in"}]},"container":{"image":"i"} }]}
            """);
        Report(story, "wf[0].a", new ArtifactValue("out", new JsonObject { ["name"] = "out", ["path"] = "/o", ["s3"] = new JsonObject { ["key"] = "k" } }));

        var artifact = Assert.Single(story["wf[1].b"].Inputs.Artifacts).Json;
        Assert.Equal((key, subPath), (Text(artifact["s3"]!["key"]), artifact["subPath"] is { } sub ? Text(sub) : null));
    }

    [Theory]
    [InlineData("""{"parameter":"{{steps.a.outputs.parameters.p}}"}""", "v")]
    [InlineData("""{"expression":"steps.a.outputs.parameters.p + '!'"}""", "v!")]
    [InlineData("""{"expression":"[1, 2.5, 'x']"}""", "[1 2.5 x]")]
    [InlineData("""{"expression":"toJson([1, 'x'])"}""", """[1,"x"]""")]
    [InlineData("""{"expression":"1 + 1"}""", "2")]
    [InlineData("""{"expression":"steps.a.outputs.parameters.p == 'v'"}""", "true")]
    [InlineData("""{"expression":"steps.skipped.outputs.parameters.p","default":"d"}""", "d")]
    [InlineData("""{"expression":"1 + 'x'","default":"d"}""", "d")]
    [InlineData("""{"parameter":"{{steps.skipped.outputs.parameters.p}}","default":"d"}""", "d")]
    public void GroupOutput_PicksOrComputes(string valueFrom, string expected)
    {
        var story = new Story($$$"""
            {"entrypoint":"main","templates":[
              {"name":"main","steps":[[{"name":"a","template":"make"},{"name":"skipped","template":"make","when":"false"}]],
               "outputs":{"parameters":[{"name":"o","valueFrom":{{{valueFrom}}} }]} },
              {"name":"make","container":{"image":"i"},"outputs":{"parameters":[{"name":"p","valueFrom":{"path":"/p"} }]} }]}
            """);
        story.Succeeds("wf[0].a", null, ("p", "v"));

        Assert.Equal(expected, story["wf"].Outputs.Parameter("o"));
    }

    private static Story Told(string spec, ResourceRefKind kind, string name, string held) =>
        new(spec, resources: new() { [new(kind, name)] = (JsonObject)JsonNode.Parse(held)! });

    private static void Report(Story story, string node, ArtifactValue artifact) =>
        story.Report(node, new PodStatus(PodPhase.Succeeded) { Outputs = new NodeOutputs { ExitCode = "0", Artifacts = [artifact] } });

    private static string Image(Story story, string node) => Text(PodRequests.Of(story.State, story[node]).Template["container"]!["image"]);

    private static string Text(JsonNode? node) => node!.GetValue<string>();
}
