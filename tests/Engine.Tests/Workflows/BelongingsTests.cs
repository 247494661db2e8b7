using System.Text.Json.Nodes;
using Argosy.Engine.Workflows;

namespace Argosy.Engine.Tests.Workflows;

/// <summary>What a workflow has beside its nodes: labels, repository, estimates, progress, use of resources.</summary>
public sealed class BelongingsTests
{
    private const string Leaf = """{"name":"leaf","container":{"image":"busybox"}}""";

    private static JsonObject Json(string text) => (JsonObject)JsonNode.Parse(text)!;

    [Fact]
    public void WorkflowMetadata_IsStamped_AndSeenByTags()
    {
        var story = new Story("""
            {"entrypoint":"leaf","arguments":{"parameters":[{"name":"who","value":"ann"}]},
             "workflowMetadata":{"labels":{"team":"red"},"annotations":{"note":"any thing"},"labelsFrom":{"owner":{"expression":"workflow.parameters.who + '-' + workflow.labels.team"}}},
             "templates":[{"name":"leaf","container":{"image":"busybox","args":["{{workflow.labels.owner}} {{workflow.annotations.note}}"]}}]}
            """);

        Assert.Equal("ann-red", story.State.Belongings.StampedLabels["owner"]);
        Assert.Equal("any thing", story.State.Belongings.StampedAnnotations["note"]);
        Assert.Equal("ann-red any thing", (string?)PodRequests.Of(story.State, story["wf"]).Template["container"]!["args"]![0]);
        Assert.Equal(story.State.Belongings.StampedLabels, story.Replayed().Belongings.StampedLabels);
    }

    [Theory]
    [InlineData("""{"labels":{"a":"no blanks"}}""", "invalid label value \"no blanks\" for label \"a\"")]
    [InlineData("""{"labelsFrom":{"a":{"expression":"1 + 1"}}}""", "must be a string")]
    [InlineData("""{"labelsFrom":{"a":{"expression":"'b c'"}}}""", "invalid label value \"b c\" for label \"a\" and expression")]
    [InlineData("""{"labelsFrom":{"a":{"expression":"("}}}""", "failed to evaluate label \"a\"")]
    public void WorkflowMetadata_ThatIsNoLabel_EndsTheWorkflowInError(string metadata, string message)
    {
        var story = new Story($$"""{"entrypoint":"leaf","workflowMetadata":{{metadata}},"templates":[{{Leaf}}]}""");

        Assert.Equal(WorkflowPhase.Error, story.State.Phase);
        Assert.Contains(message, story.State.Message, StringComparison.Ordinal);
        Assert.Empty(story.State.Nodes);
    }

    [Fact]
    public void WorkflowTemplateRef_IsNamedByALabel()
    {
        var story = new Story(
            """{"workflowTemplateRef":{"name":"shared"}}""",
            resources: new() { [new(ResourceRefKind.WorkflowTemplate, "shared")] = Json($$"""{"entrypoint":"leaf","templates":[{{Leaf}}]}""") });

        Assert.Equal("shared", story.State.Belongings.StampedLabels["workflows.argoproj.io/workflow-template"]);
    }

    [Fact]
    public void HubDefaults_LieUnderTheWorkflow()
    {
        var story = new Story(
            $$"""{"entrypoint":"leaf","parallelism":3,"templates":[{{Leaf}}]}""",
            hub: new HubSettings
            {
                WorkflowDefaults = Json("""{"metadata":{"labels":{"from":"hub"}},"spec":{"parallelism":1,"serviceAccountName":"robot","activeDeadlineSeconds":60}}"""),
            });

        Assert.Equal((3, "robot", 60L), (story.State.Spec!.Parallelism, story.State.Spec.ServiceAccountName, story.State.ActiveDeadlineSeconds));
        Assert.Equal("hub", story.State.Belongings.StampedLabels["from"]);
        Assert.Equal(60L, story.Replayed().ActiveDeadlineSeconds);
    }

    [Fact]
    public void TemplateDefaults_OfAType_ReachOnlyTemplatesOfThatType()
    {
        var story = new Story("""
            {"entrypoint":"main","templateDefaults":{"timeout":"30s","container":{"imagePullPolicy":"Never"}},
             "templates":[{"name":"main","suspend":{}},{"name":"other","container":{"image":"a"}}]}
            """);

        Assert.Equal(NodeType.Suspend, story["wf"].Type);
        Assert.Equal("Never", (string?)story.State.Spec!.FindTemplate("other")!.Json["container"]!["imagePullPolicy"]);
    }

    [Theory]
    [InlineData(null, null, "embedded", "default/wf/uid-1/wf/out.tgz")]
    [InlineData("""{"artifact-repositories":{"data":{"v1":"s3: {bucket: b}"}}}""", null, "embedded", "default/wf/uid-1/wf/out.tgz")]
    [InlineData("""{"artifact-repositories":{"annotations":{"workflows.argoproj.io/default-artifact-repository":"v1"},"data":{"v1":"s3: {bucket: b}"}}}""", null, "s3", "wf/wf/out.tgz")]
    [InlineData("""{"mine":{"data":{"k":"s3:\n  bucket: b\n  keyFormat: \"{{workflow.namespace}}/x/\""}}}""", """{"configMap":"mine","key":"k"}""", "s3", "default/x/out.tgz")]
    [InlineData("""{"mine":{"data":{"k":"gcs: {bucket: b, keyFormat: p}"}}}""", """{"configMap":"mine","key":"k"}""", "gcs", "p/out.tgz")]
    public void Output_ThatNamesNoPlace_GoesToTheWorkflowsRepository(string? maps, string? reference, string driver, string key)
    {
        var story = WithOutput("""{"name":"out","path":"/tmp/out"}""", maps, reference);

        var place = Output(story);

        Assert.Equal(key, (string?)place[driver]!["key"]);
        Assert.False(((JsonObject)place[driver]!).ContainsKey("keyFormat"));
    }

    [Theory]
    [InlineData("""{"name":"out","path":"/tmp/out","s3":{"key":"mine"}}""", "s3", "mine", "b")]
    [InlineData("""{"name":"out","path":"/tmp/out","s3":{"bucket":"other","key":"mine"}}""", "s3", "mine", "other")]
    [InlineData("""{"name":"out","path":"/tmp/f.txt","archive":{"none":{}}}""", "s3", "wf/wf/f.txt", "b")]
    [InlineData("""{"name":"out","path":"/tmp/f.txt","archive":{"zip":{}}}""", "s3", "wf/wf/out.zip", "b")]
    public void Output_KeyOnly_IsCompletedFromTheRepository(string artifact, string driver, string key, string bucket)
    {
        var story = WithOutput(artifact, """{"mine":{"data":{"k":"s3: {bucket: b}"}}}""", """{"configMap":"mine","key":"k"}""");

        var place = Output(story);

        Assert.Equal((key, bucket), ((string?)place[driver]!["key"], (string?)place[driver]!["bucket"]));
    }

    [Theory]
    [InlineData("""{"mine":{"data":{}}}""", "config map missing key \"k\"")]
    [InlineData("{}", "configmaps \"mine\" not found")]
    public void Repository_ThatIsNotThere_EndsTheWorkflowInError(string maps, string message)
    {
        var story = WithOutput("""{"name":"out","path":"/tmp/out"}""", maps, """{"configMap":"mine","key":"k"}""");

        Assert.Equal(WorkflowPhase.Error, story.State.Phase);
        Assert.Contains(message, story.State.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Estimates_ComeFromTheBaseline_ForTheWorkflowAndItsNodes()
    {
        var story = new Story(
            """{"workflowTemplateRef":{"name":"t"}}""",
            resources: new()
            {
                [new(ResourceRefKind.WorkflowTemplate, "t")] = Json($$"""{"entrypoint":"main","templates":[{"name":"main","steps":[[{"name":"a","template":"leaf"}]]},{{Leaf}}]}"""),
                [new(ResourceRefKind.Baseline, "workflows.argoproj.io/workflow-template=t")] = Estimation.Durations(Json("""
                    {"metadata":{"name":"old"},"status":{"startedAt":"2026-01-01T00:00:00Z","finishedAt":"2026-01-01T00:01:00Z",
                     "nodes":{"x":{"name":"old[0].a","startedAt":"2026-01-01T00:00:10Z","finishedAt":"2026-01-01T00:00:25Z"}}}}
                    """)),
            });

        var status = WorkflowStatusView.Render(story.State);

        Assert.Equal(60L, (long?)status["estimatedDuration"]);
        Assert.Equal(15L, (long?)status["nodes"]![story.State.IdOf(story["wf[0].a"])]!["estimatedDuration"]);
    }

    [Fact]
    public void Progress_OfGroups_IsTheSumOfTheirLeaves()
    {
        var story = new Story($$"""
            {"entrypoint":"main","templates":[{"name":"main","steps":[[{"name":"a","template":"leaf"},{"name":"b","template":"leaf"}],[{"name":"c","template":"leaf"}]]},{{Leaf}}]}
            """);
        story.Report("wf[0].a", new PodStatus(PodPhase.Running) { Progress = "25/100" });
        Assert.Equal(("25/101", "25/101"), (story["wf[0]"].Progress.ToString(), story.State.Progress.ToString()));

        story.Succeeds("wf[0].a").Fails("wf[0].b");

        Assert.Equal("100/101", story["wf"].Progress.ToString());
        Assert.Equal("100/101", story.Replayed().Progress.ToString());
        Assert.Equal("100/101", (string?)WorkflowStatusView.Render(story.State)["progress"]);
    }

    [Theory]
    [InlineData("""{"image":"a"}""", 30, 3, 30)]
    [InlineData("""{"image":"a","resources":{"requests":{"cpu":"2","memory":"1000Mi"}}}""", 30, 60, 300)]
    [InlineData("""{"image":"a","resources":{"limits":{"cpu":"500m"},"requests":{"memory":"200Mi"}}}""", 5, 2, 10)]
    public void UseOfResources_IsRequestTimesSeconds_AndSumsUpwards(string container, int seconds, long cpu, long memory)
    {
        var story = new Story($$"""{"entrypoint":"main","templates":[{"name":"main","steps":[[{"name":"a","template":"leaf"}]]},{"name":"leaf","container":{{container}}}]}""");

        story.Report("wf[0].a", new PodStatus(PodPhase.Succeeded) { StartedAt = story.Now, FinishedAt = story.Now.AddSeconds(seconds) });

        foreach (var used in new[] { story["wf[0].a"].ResourcesDuration, story["wf"].ResourcesDuration, story.State.ResourcesDuration, story.Replayed().ResourcesDuration })
        {
            Assert.Equal((cpu, memory), (used!["cpu"], used["memory"]));
        }
    }

    [Fact]
    public void StoredTemplates_AreThoseThatNodesCame_From()
    {
        var story = new Story(
            """{"entrypoint":"main","templates":[{"name":"main","steps":[[{"name":"a","templateRef":{"name":"shared","template":"leaf"}}]]}]}""",
            resources: new() { [new(ResourceRefKind.WorkflowTemplate, "shared")] = Json($$"""{"templates":[{{Leaf}}]}""") });

        Assert.Equal("busybox", (string?)WorkflowStatusView.Render(story.State)["storedTemplates"]!["namespaced/shared/leaf"]!["container"]!["image"]);
    }

    private static JsonNode Output(Story story) => PodRequests.Of(story.State, story["wf"]).Template["outputs"]!["artifacts"]![0]!;

    private static Story WithOutput(string artifact, string? maps, string? reference)
    {
        Dictionary<ResourceRef, JsonObject?> resources = [];
        foreach (var (name, content) in maps is null ? [] : Json(maps))
        {
            resources[new(ResourceRefKind.ArtifactRepositories, name)] = (JsonObject)content!.DeepClone();
        }

        var named = reference is null ? "" : $"\"artifactRepositoryRef\":{reference},";
        return new Story(
            $$$"""{ {{{named}}} "entrypoint":"leaf","templates":[{"name":"leaf","container":{"image":"a"},"outputs":{"artifacts":[{{{artifact}}}]}}]}""",
            resources: resources);
    }
}
