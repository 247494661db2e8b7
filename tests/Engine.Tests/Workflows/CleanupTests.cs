using System.Text.Json.Nodes;
using Argosy.Engine.Workflows;

namespace Argosy.Engine.Tests.Workflows;

/// <summary>What is cleaned up behind a workflow, and when: pods, claims, artifacts, the workflow itself.</summary>
public sealed class CleanupTests
{
    private static JsonObject Json(string text) => (JsonObject)JsonNode.Parse(text)!;

    private static Story TwoSteps(string more, string mounts = "[]") => new($$$"""
        { {{{more}}} "entrypoint":"main","templates":[
          {"name":"main","steps":[[{"name":"a","template":"leaf","continueOn":{"failed":true}}],[{"name":"b","template":"leaf"}]]},
          {"name":"leaf","metadata":{"labels":{"keep":"no"}},"container":{"image":"i","volumeMounts":{{{mounts}}} }}]}
        """);

    private static Story WithClaim(string more = "") =>
        TwoSteps(more + """ "volumeClaimTemplates":[{"metadata":{"name":"work"}}], """, """[{"name":"work","mountPath":"/work"}]""");

    private static string[] Removed(Story story) => [.. story.Orders.OfType<DoChore>().Where(chore => chore.Kind == ChoreKind.RemovePods)
        .SelectMany(chore => PodGarbage.Chosen(story.State, chore.Node)).Select(node => node.Name)];

    [Theory]
    [InlineData("OnPodCompletion", "", new[] { "wf[0].a", "wf[1].b" })]
    [InlineData("OnPodSuccess", "", new[] { "wf[1].b" })]
    [InlineData("OnWorkflowCompletion", "", new[] { "wf[0].a", "wf[1].b" })]
    [InlineData("OnWorkflowSuccess", "", new[] { "wf[0].a", "wf[1].b" })]
    [InlineData("OnPodCompletion", """ ,"labelSelector":{"matchLabels":{"keep":"no"}}""", new[] { "wf[0].a", "wf[1].b" })]
    [InlineData("OnPodCompletion", """ ,"labelSelector":{"matchExpressions":[{"key":"keep","operator":"NotIn","values":["no"]}]}""", new string[0])]
    [InlineData("OnWorkflowCompletion", """ ,"labelSelector":{"matchLabels":{"keep":"yes"}}""", new string[0])]
    public void PodGc_RemovesWhatItsStrategyChooses_AfterTheDelay(string strategy, string more, string[] removed)
    {
        var story = TwoSteps($$""" "podGC":{"strategy":"{{strategy}}"{{more}}}, """);
        story.Fails("wf[0].a").Succeeds("wf[1].b");
        Assert.Empty(Removed(story));

        story.Passes(TimeSpan.FromSeconds(5));

        Assert.Equal(removed, Removed(story));
    }

    [Fact]
    public void PodGcOnWorkflowSuccess_WorkflowFails_KeepsItsPods()
    {
        var story = TwoSteps(""" "podGC":{"strategy":"OnWorkflowSuccess","deleteDelayDuration":"0s"}, """);

        story.Succeeds("wf[0].a").Fails("wf[1].b");

        Assert.Empty(Removed(story));
    }

    [Fact]
    public void Chore_ThatNobodyAnswers_IsOrderedAgain_AndAfterARestart()
    {
        var story = TwoSteps(""" "podGC":{"strategy":"OnWorkflowCompletion","deleteDelayDuration":"0s"}, """);
        story.Succeeds("wf[0].a").Succeeds("wf[1].b");
        var chore = Assert.Single(story.Orders.OfType<DoChore>());

        story.Take(new ChoreAnswered(chore.Number, ChoreOutcome.Later)).Passes(TimeSpan.FromSeconds(30));
        Assert.Equal(2, story.Orders.OfType<DoChore>().Count());
        Assert.Equal(chore, Assert.Single(WorkflowDecider.Decide(story.Replayed(), new Recovered(), story.Now).Orders));

        story.Take(new ChoreAnswered(chore.Number, ChoreOutcome.Done)).Take(new ChoreAnswered(chore.Number, ChoreOutcome.Done));
        Assert.True(story["wf[0].a"].PodRemoved);
        Assert.Null(story.State.NextWake);
        Assert.Empty(WorkflowDecider.Decide(story.Replayed(), new Recovered(), story.Now).Orders);
    }

    [Theory]
    [InlineData("", true, true)]
    [InlineData("", false, false)]
    [InlineData(""" "volumeClaimGC":{"strategy":"OnWorkflowCompletion"}, """, false, true)]
    public void Claims_AreRecordedBeforeTheEntrypoint_AndDroppedByTheirStrategy(string more, bool succeeds, bool dropped)
    {
        var story = WithClaim(more);
        Assert.Equal("wf-work", Assert.Single(story.State.Belongings.Claims).ClaimName);
        Assert.IsType<ClaimsMade>(story.Facts.First(fact => fact is ClaimsMade or NodeCreated));

        story.Succeeds("wf[0].a");
        _ = succeeds ? story.Succeeds("wf[1].b") : story.Fails("wf[1].b");

        Assert.Equal(dropped, story.Orders.OfType<DoChore>().Any(chore => chore.Kind == ChoreKind.DropClaims));
        if (dropped)
        {
            story.Take(new ChoreAnswered(story.Orders.OfType<DoChore>().Single().Number, ChoreOutcome.Done));
            Assert.Null(WorkflowStatusView.Render(story.State)["persistentVolumeClaims"]);
        }
    }

    [Fact]
    public void Claims_Dropped_AreAtHomeNowhere()
    {
        var story = WithClaim();
        story.Succeeds("wf[0].a").Succeeds("wf[1].b");
        Assert.Equal("home", story.State.ClaimHomes["wf-work"]);

        story.Take(new ChoreAnswered(story.Orders.OfType<DoChore>().Single().Number, ChoreOutcome.Done));

        Assert.Empty(story.Replayed().ClaimHomes);
    }

    [Fact]
    public void Retry_MakesTheClaimsAnew()
    {
        var story = WithClaim();
        story.Succeeds("wf[0].a").Fails("wf[1].b");

        story.Take(new RetryAsked(false, null, []));

        Assert.Equal(2, story.Facts.OfType<ClaimsMade>().Count());
        Assert.Single(story.State.Belongings.Claims);
    }

    private static Story WithArtifacts(string workflow, params (string Name, string Gc)[] artifacts)
    {
        var declared = string.Join(',', artifacts.Select(artifact => $$"""{"name":"{{artifact.Name}}","path":"/{{artifact.Name}}"{{artifact.Gc}}}"""));
        var story = new Story($$$"""{ {{{workflow}}} "entrypoint":"leaf","templates":[{"name":"leaf","container":{"image":"i"},"outputs":{"artifacts":[{{{declared}}}]}}]}""");
        return story.Report("wf", new PodStatus(PodPhase.Succeeded)
        {
            Outputs = new NodeOutputs
            {
                Artifacts = [.. artifacts.Select(artifact => new ArtifactValue(artifact.Name, Json($$$"""{"name":"{{{artifact.Name}}}","embedded":{"key":"{{{artifact.Name}}}"}}""")))],
            },
        });
    }

    private static string[] Collected(Story story) => [.. story.Orders.OfType<DoChore>().Where(chore => chore.Kind == ChoreKind.CollectArtifact).Select(chore => chore.Name!)];

    private const string Completion = """ ,"artifactGC":{"strategy":"OnWorkflowCompletion"}""";
    private const string Deletion = """ ,"artifactGC":{"strategy":"OnWorkflowDeletion"}""";
    private const string Never = """ ,"artifactGC":{"strategy":"Never"}""";

    [Theory]
    [InlineData("", new[] { "done" }, new[] { "gone" })]
    [InlineData(""" "artifactGC":{"strategy":"OnWorkflowDeletion"}, """, new[] { "done" }, new[] { "plain", "gone" })]
    [InlineData(""" "artifactGC":{"strategy":"OnWorkflowCompletion"}, """, new[] { "plain", "done" }, new[] { "gone" })]
    public void Artifacts_AreDeletedByTheirOwnStrategy_ElseTheWorkflows(string workflow, string[] atEnd, string[] atDeletion)
    {
        var story = WithArtifacts(workflow, ("plain", ""), ("done", Completion), ("gone", Deletion), ("kept", Never));
        Assert.Equal(atEnd, Collected(story));
        Assert.True(ArtifactCollection.NeedsFinalizer(story.State));
        Answer(story, ChoreOutcome.Done);
        var seen = story.Orders.Count;

        story.Take(new DeletionSeen()).Take(new DeletionSeen());
        Assert.Equal(atDeletion, Collected(story)[atEnd.Length..]);
        Assert.True(ArtifactCollection.NeedsFinalizer(story.State));
        Assert.True(seen < story.Orders.Count);
        Answer(story, ChoreOutcome.Done);

        Assert.False(ArtifactCollection.NeedsFinalizer(story.State));
        Assert.True((bool)story["wf"].Outputs.Artifact("gone")!.Json["deleted"]!);
        Assert.Null(story["wf"].Outputs.Artifact("kept")!.Json["deleted"]);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData(""" "artifactGC":{"strategy":"OnWorkflowDeletion","forceFinalizerRemoval":true}, """, false)]
    public void Artifact_ThatCannotBeDeleted_HoldsTheWorkflow_UnlessForced(string workflow, bool held)
    {
        var story = WithArtifacts(workflow, ("gone", Deletion));
        story.Take(new DeletionSeen());

        for (var attempt = 0; attempt < 5; attempt++)
        {
            Answer(story, ChoreOutcome.Failed, "no such bucket");
            story.Passes(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(held, ArtifactCollection.NeedsFinalizer(story.State));
        Assert.Contains("no such bucket", story.State.Belongings.Conditions[ConditionType.ArtifactGCError], StringComparison.Ordinal);
        Assert.Empty(story.State.Belongings.Chores.Open);
    }

    [Fact]
    public void RunningWorkflow_ThatIsDeleted_IsTerminated_AndThenCollected()
    {
        var story = new Story($$$"""
            {"entrypoint":"main","onExit":"leaf","templates":[{"name":"main","steps":[[{"name":"a","template":"leaf"}],[{"name":"b","template":"leaf"}]]},
             {"name":"leaf","container":{"image":"i"},"outputs":{"artifacts":[{"name":"gone","path":"/gone"{{{Deletion}}}}]}}]}
            """);
        story.Report("wf[0].a", new PodStatus(PodPhase.Succeeded)
        {
            Outputs = new NodeOutputs { Artifacts = [new ArtifactValue("gone", Json("""{"name":"gone","embedded":{"key":"k"}}"""))] },
        });

        story.Take(new DeletionSeen()).Fails("wf[1].b");

        Assert.Equal(WorkflowPhase.Failed, story.State.Phase);
        Assert.Equal(["gone"], Collected(story));
    }

    [Theory]
    [InlineData("""{"secondsAfterCompletion":10}""", "Succeeded", 10)]
    [InlineData("""{"secondsAfterCompletion":10,"secondsAfterSuccess":5}""", "Succeeded", 5)]
    [InlineData("""{"secondsAfterCompletion":10,"secondsAfterSuccess":5}""", "Failed", 10)]
    [InlineData("""{"secondsAfterFailure":7}""", "Error", 7)]
    [InlineData("""{"secondsAfterFailure":7}""", "Succeeded", null)]
    [InlineData("""{"secondsAfterCompletion":0}""", "Succeeded", 0)]
    [InlineData("""{"secondsAfterCompletion":10}""", "Running", null)]
    public void TimeToLive_SpecificBeatsGeneric(string strategy, string phase, int? seconds)
    {
        var workflow = Json($$$"""{"metadata":{},"spec":{"ttlStrategy":{{{strategy}}}},"status":{"phase":"{{{phase}}}","finishedAt":"2026-01-01T00:00:00Z"}}""");

        Assert.Equal(seconds, (int?)(TimeToLive.EndOf(workflow, null) - new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))?.TotalSeconds);
    }

    private static void Answer(Story story, ChoreOutcome outcome, string? error = null)
    {
        foreach (var chore in story.State.Belongings.Chores.Open.ToList())
        {
            story.Take(new ChoreAnswered(chore.Number, outcome, error));
        }
    }
}
