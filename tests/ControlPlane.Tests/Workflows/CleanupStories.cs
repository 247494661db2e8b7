using System.Text.Json.Nodes;
using Argosy.Contracts.Agents;

namespace Argosy.ControlPlane.Tests.Workflows;

/// <summary>What the hub cleans up behind a workflow, and what it counts and stamps on the way.</summary>
public sealed class CleanupStories
{
    private static readonly Dictionary<string, string> NoLabels = [];

    private static string OneStep(string more, string template = "") => $$$"""
        { {{{more}}} "entrypoint":"main","templates":[{"name":"main", {{{template}}} "container":{"image":"busybox","command":["true"]}}]}
        """;

    [Fact]
    public async Task PodGc_TellsTheAgent_AndWithdrawsThePod()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await hub.Hub.DeclareClusterAsync("one", NoLabels);
        await using var agent = await ScriptedAgent.ConnectAsync(hub.Hub, "one");
        await hub.CreateAsync("wf", OneStep(""" "podGC":{"strategy":"OnPodCompletion","deleteDelayDuration":"0s"}, """));

        var intent = await agent.IsAskedToRunAsync();
        await agent.ReportsAsync(intent.Key, PodPhase.PodSucceeded);

        Assert.Equal(intent.Key, (await agent.HearsAsync(HubMessage.BodyOneofCase.Remove)).Remove);
        var ended = await hub.BecomesAsync(
            "wf", workflow => HubUnderTest.PhaseOf(workflow) == "Succeeded" && workflow["metadata"]!["annotations"]?["argosy.io/cleaning-up"] is null);
        Assert.Equal("Succeeded", HubUnderTest.PhaseOf(ended));
        Assert.Empty(JsonNode.Parse(await hub.ReadAsync("/api/v1/namespaces/default/pods"))!["items"]!.AsArray());
    }

    [Fact]
    public async Task AgentIsAway_HubIsStartedAgain_CleansUpWhenItIsBack()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await hub.Hub.DeclareClusterAsync("one", NoLabels);
        AttemptKey key;
        await using (var earlier = await ScriptedAgent.ConnectAsync(hub.Hub, "one"))
        {
            await hub.CreateAsync("wf", OneStep(""" "podGC":{"strategy":"OnPodCompletion","deleteDelayDuration":"1s"}, """));
            key = (await earlier.IsAskedToRunAsync()).Key;
            await earlier.ReportsAsync(key, PodPhase.PodSucceeded);
            await hub.EndsAsync("wf", "Succeeded");
        }

        await hub.StopAsync();
        await hub.StartAgainAsync();
        await using var agent = await ScriptedAgent.ConnectAsync(hub.Hub, "one");

        Assert.Equal(key, (await agent.HearsAsync(HubMessage.BodyOneofCase.Remove)).Remove);
    }

    [Fact]
    public async Task Claims_AreNamedInTheIntent_AndDroppedAfterSuccess()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await hub.Hub.DeclareClusterAsync("one", NoLabels);
        await using var agent = await ScriptedAgent.ConnectAsync(hub.Hub, "one");
        var uid = await hub.CreateAsync("wf", """
            {"entrypoint":"main","volumeClaimTemplates":[{"metadata":{"name":"work"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}],
             "templates":[{"name":"main","container":{"image":"busybox","command":["true"],"volumeMounts":[{"name":"work","mountPath":"/work"}]}}]}
            """);

        var intent = await agent.IsAskedToRunAsync();
        Assert.Equal(["wf-work"], intent.OwnedClaims);
        await agent.ReportsAsync(intent.Key, PodPhase.PodSucceeded);

        Assert.Equal(uid, (await agent.HearsAsync(HubMessage.BodyOneofCase.DropClaims)).DropClaims);
        await hub.BecomesAsync("wf", workflow => HubUnderTest.PhaseOf(workflow) == "Succeeded" && workflow["status"]!["persistentVolumeClaims"] is null);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Estimates_HubIsStartedAgain_ComeFromTheLatestRun_AlsoWhenItsObjectIsGone(bool gone)
    {
        await using var hub = await HubUnderTest.StartAsync();
        await hub.Hub.DeclareClusterAsync("one", NoLabels);
        var (code, _) = await hub.AskAsync(HttpMethod.Post, "/apis/argoproj.io/v1alpha1/namespaces/default/workflowtemplates", """
            {"apiVersion":"argoproj.io/v1alpha1","kind":"WorkflowTemplate","metadata":{"name":"t"},"spec":{"entrypoint":"main","templates":[
              {"name":"main","steps":[[{"name":"a","template":"leaf"}]]},{"name":"leaf","container":{"image":"busybox","command":["true"]}}]}}
            """);
        Assert.Equal(201, code);
        await using (var earlier = await ScriptedAgent.ConnectAsync(hub.Hub, "one"))
        {
            await hub.CreateAsync("first", """{"workflowTemplateRef":{"name":"t"}}""");
            await earlier.ReportsAsync((await earlier.IsAskedToRunAsync()).Key, PodPhase.PodSucceeded);
            await hub.BecomesAsync("first", workflow => (string?)workflow["metadata"]!["labels"]?["workflows.argoproj.io/workflow-archiving-status"] == "Archived");
        }

        if (gone)
        {
            await hub.DeleteAsync("first");
            await hub.VanishesAsync("first");
        }

        await hub.StopAsync();
        await hub.StartAgainAsync();
        await hub.CreateAsync("second", """{"workflowTemplateRef":{"name":"t"}}""");

        await hub.BecomesAsync("second", workflow => workflow["status"]?["estimatedDuration"] is not null
            && workflow["status"]!["nodes"] is JsonObject nodes && nodes.Any(node => (string?)node.Value!["name"] == "second[0].a" && node.Value["estimatedDuration"] is not null));
    }

    [Fact]
    public async Task TimeToLive_IsOver_TheWorkflowIsDeleted()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await hub.Hub.DeclareClusterAsync("one", NoLabels);
        await using var agent = await ScriptedAgent.ConnectAsync(hub.Hub, "one");
        await hub.CreateAsync("stays", OneStep(""" "ttlStrategy":{"secondsAfterSuccess":3600}, """));
        await agent.ReportsAsync((await agent.IsAskedToRunAsync()).Key, PodPhase.PodSucceeded);
        await hub.CreateAsync("goes", OneStep(""" "ttlStrategy":{"secondsAfterCompletion":0}, """));

        await agent.ReportsAsync((await agent.IsAskedToRunAsync()).Key, PodPhase.PodSucceeded);

        await hub.VanishesAsync("goes");
        await hub.EndsAsync("stays", "Succeeded");
    }

    [Fact]
    public async Task ArtifactGc_DeletesAtCompletion_AndAtDeletion_AndOnlyThenLetsTheObjectGo()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await hub.Hub.DeclareClusterAsync("one", NoLabels);
        await using var agent = await ScriptedAgent.ConnectAsync(hub.Hub, "one");
        await hub.CreateAsync("wf", OneStep("", """
            "outputs":{"artifacts":[{"name":"soon","path":"/soon","artifactGC":{"strategy":"OnWorkflowCompletion"}},
              {"name":"late","path":"/late","artifactGC":{"strategy":"OnWorkflowDeletion"}}]},
            """));
        var intent = await agent.IsAskedToRunAsync();
        List<StoredArtifact> stored = [];
        foreach (var transfer in intent.OutputArtifacts)
        {
            stored.Add(await hub.Hub.AgentLink.StoreArtifactAsync(intent.Key, transfer, new MemoryStream([1, 2, 3]), CancellationToken.None));
        }

        await agent.SucceedsWithAsync(intent, [.. stored]);
        var ended = await hub.BecomesAsync("wf", workflow => (bool?)workflow["status"]?["nodes"]?["wf"]?["outputs"]?["artifacts"]?[0]?["deleted"] == true);
        Assert.Equal("workflows.argoproj.io/artifact-gc", (string?)ended["metadata"]!["finalizers"]![0]);
        await Assert.ThrowsAsync<ArtifactMissingException>(() => OpenAsync(hub, intent, 0));
        await (await OpenAsync(hub, intent, 1)).DisposeAsync();

        await hub.DeleteAsync("wf");

        await hub.VanishesAsync("wf");
        await Assert.ThrowsAsync<ArtifactMissingException>(() => OpenAsync(hub, intent, 1));
    }

    [Fact]
    public async Task WorkflowMetadata_IsOnTheObject_AndMetricsAreServed()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await hub.Hub.DeclareClusterAsync("one", NoLabels);
        await using var agent = await ScriptedAgent.ConnectAsync(hub.Hub, "one");
        await hub.CreateAsync("wf", OneStep(
            """ "workflowMetadata":{"labels":{"team":"red"},"labelsFrom":{"named":{"expression":"workflow.name"}}}, """,
            """ "metrics":{"prometheus":[{"name":"runs","help":"how many","labels":[{"key":"status","value":"{{status}}"}],"counter":{"value":"1"}}]}, """));

        await agent.ReportsAsync((await agent.IsAskedToRunAsync()).Key, PodPhase.PodSucceeded);
        var ended = await hub.EndsAsync("wf", "Succeeded");

        Assert.Equal(("red", "wf"), ((string?)ended["metadata"]!["labels"]!["team"], (string?)ended["metadata"]!["labels"]!["named"]));
        var metrics = await hub.ReadAsync("/metrics");
        Assert.Contains("argo_workflows_runs{status=\"Succeeded\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("argo_workflows_total_count{namespace=\"default\",phase=\"Running\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("argo_workflows_is_leader 1\n", metrics, StringComparison.Ordinal);
    }

    private static Task<Stream> OpenAsync(HubUnderTest hub, PodIntent intent, int artifact) => hub.Hub.AgentLink.OpenArtifactAsync(
        intent.Key, new ArtifactTransfer { Name = intent.OutputArtifacts[artifact].Name, LocationJson = intent.OutputArtifacts[artifact].LocationJson }, CancellationToken.None);
}
