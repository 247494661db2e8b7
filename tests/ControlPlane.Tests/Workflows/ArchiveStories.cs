using System.Text.Json.Nodes;
using Argosy.Contracts.Agents;

namespace Argosy.ControlPlane.Tests.Workflows;

/// <summary>What becomes of workflows after their end: archived, shown, retried, resubmitted, whatever happens to the object and the hub.</summary>
public sealed class ArchiveStories
{
    private const string TwoTasks = """
        {"entrypoint":"main","templates":[
          {"name":"main","dag":{"tasks":[{"name":"a","template":"leaf"},{"name":"b","template":"leaf","depends":"a"}]}},
          {"name":"leaf","container":{"image":"busybox","command":["true"]}}]}
        """;

    private static readonly Dictionary<string, string> NoLabels = [];

    [Fact]
    public async Task EndedWorkflow_IsArchived_AndFoundWhenItsObjectIsGone()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var uid = await FailsAtTheSecondTaskAsync(hub);
        await hub.DeleteAsync("wf");

        var (code, found) = await hub.AskAsync(HttpMethod.Get, "/api/v1/workflows/default/wf");
        Assert.Equal((200, "Failed", 3), (code, HubUnderTest.PhaseOf(found), found["status"]!["nodes"]!.AsObject().Count));
        Assert.Equal("Persisted", ArchivingStatus(found));
        Assert.Equal(uid, (string?)(await hub.AskAsync(HttpMethod.Get, $"/api/v1/archived-workflows/{uid}")).Body["metadata"]!["uid"]);
        var listed = Assert.Single((await hub.AskAsync(HttpMethod.Get, "/api/v1/workflows/default")).Body["items"]!.AsArray());
        Assert.Equal((uid, null), ((string?)listed!["metadata"]!["uid"], listed["status"]!["nodes"]));
        Assert.Single((await hub.AskAsync(HttpMethod.Get, "/api/v1/archived-workflows?namePrefix=w&listOptions.fieldSelector=spec.startedAt>2020-01-01T00:00:00Z")).Body["items"]!.AsArray());
        Assert.Empty((await hub.AskAsync(HttpMethod.Get, "/api/v1/archived-workflows?listOptions.fieldSelector=spec.startedAt<2020-01-01T00:00:00Z")).Body["items"]!.AsArray());
        var keys = (await hub.AskAsync(HttpMethod.Get, "/api/v1/archived-workflows-label-keys")).Body["items"]!.AsArray().Select(key => (string?)key);
        Assert.Contains("workflows.argoproj.io/phase", keys);
        var values = await hub.AskAsync(HttpMethod.Get, "/api/v1/archived-workflows-label-values?listOptions.labelSelector=workflows.argoproj.io/phase");
        Assert.Equal("Failed", (string?)Assert.Single(values.Body["items"]!.AsArray()));

        Assert.Equal(200, (await hub.AskAsync(HttpMethod.Delete, $"/api/v1/archived-workflows/{uid}")).Code);
        Assert.Equal(404, (await hub.AskAsync(HttpMethod.Get, "/api/v1/workflows/default/wf")).Code);
    }

    [Fact]
    public async Task Lists_ReadNoNodes_AndOneWorkflowIsShownWhole()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await FailsAtTheSecondTaskAsync(hub);
        const string objects = "/apis/argoproj.io/v1alpha1/namespaces/default/workflows";
        Assert.Equal(3, (await hub.AskAsync(HttpMethod.Get, objects + "/wf")).Body["status"]!["nodes"]!.AsObject().Count);

        await hub.ExecuteAsync("UPDATE workflow_nodes SET body = x'00'"); // whoever reads it now fails
        var listed = Assert.Single((await hub.AskAsync(HttpMethod.Get, objects)).Body["items"]!.AsArray());
        Assert.Equal(("Failed", null), ((string?)listed!["status"]!["phase"], listed["status"]!["nodes"]));
        Assert.Single((await hub.AskAsync(HttpMethod.Get, "/api/v1/workflows/default")).Body["items"]!.AsArray());
        Assert.NotEqual(200, (await hub.AskAsync(HttpMethod.Get, objects + "/wf")).Code);
    }

    [Fact]
    public async Task ArchivedWorkflow_Retried_IsCreatedAnew_AndRunsOnlyWhatFailed()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var uid = await FailsAtTheSecondTaskAsync(hub);
        var refused = await hub.AskAsync(HttpMethod.Put, $"/api/v1/archived-workflows/{uid}/retry", "{}");
        Assert.Equal((409, "Workflow already exists on cluster, use argo retry wf instead"), (refused.Code, (string?)refused.Body["message"]));
        await hub.DeleteAsync("wf");

        await using var agent = await ScriptedAgent.ConnectAsync(hub.Hub, "one");
        var (code, retried) = await hub.AskAsync(HttpMethod.Put, $"/api/v1/archived-workflows/{uid}/retry", "{}");
        Assert.True(code == 200, retried.ToJsonString());
        Assert.NotEqual(uid, (string?)retried["metadata"]!["uid"]);
        await agent.ReportsAsync((await NextAsync(agent, "b")).Key, PodPhase.PodSucceeded);

        var ended = await hub.EndsAsync("wf", "Succeeded");
        Assert.Equal(["wf", "wf.a", "wf.b"], ended["status"]!["nodes"]!.AsObject().Select(node => (string?)node.Value!["name"]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task MemoizedResubmission_RunsOnlyWhatFailed_UnderANewName()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await FailsAtTheSecondTaskAsync(hub);

        await using var agent = await ScriptedAgent.ConnectAsync(hub.Hub, "one");
        var (code, again) = await hub.AskAsync(HttpMethod.Put, "/api/v1/workflows/default/wf/resubmit", """{"memoized":true}""");
        Assert.True(code == 200, again.ToJsonString());
        var name = (string)again["metadata"]!["name"]!;
        Assert.StartsWith("wf-", name, StringComparison.Ordinal);
        Assert.Equal("wf", (string?)again["metadata"]!["labels"]!["workflows.argoproj.io/resubmitted-from-workflow"]);
        await agent.ReportsAsync((await NextAsync(agent, "b")).Key, PodPhase.PodSucceeded);

        var nodes = (await hub.EndsAsync(name, "Succeeded"))["status"]!["nodes"]!.AsObject().Select(node => node.Value!).ToDictionary(node => (string)node["name"]!);
        Assert.Equal(("Skipped", "Succeeded"), ((string?)nodes[name + ".a"]["type"], (string?)nodes[name + ".b"]["phase"]));
        Assert.StartsWith("original pod: wf-", (string?)nodes[name + ".a"]["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task RetriedWorkflow_GoesOn_WhenTheHubIsStartedAgain()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await FailsAtTheSecondTaskAsync(hub);
        Assert.Equal(200, (await hub.AskAsync(HttpMethod.Put, "/api/v1/workflows/default/wf/retry", "{}")).Code);
        await hub.StopAsync();
        await hub.StartAgainAsync();

        await using var agent = await ScriptedAgent.ConnectAsync(hub.Hub, "one");
        await agent.ReportsAsync((await NextAsync(agent, "b")).Key, PodPhase.PodSucceeded);

        await hub.BecomesAsync("wf", workflow => HubUnderTest.PhaseOf(workflow) == "Succeeded" && ArchivingStatus(workflow) == "Archived");
    }

    /// <summary>Runs a workflow of two tasks, of which the second fails, until it is archived; answers its uid.</summary>
    private static async Task<string> FailsAtTheSecondTaskAsync(HubUnderTest hub)
    {
        await hub.Hub.DeclareClusterAsync("one", NoLabels);
        await using var agent = await ScriptedAgent.ConnectAsync(hub.Hub, "one");
        var uid = await hub.CreateAsync("wf", TwoTasks);
        await agent.ReportsAsync((await NextAsync(agent, "a")).Key, PodPhase.PodSucceeded);
        await agent.ReportsAsync((await NextAsync(agent, "b")).Key, PodPhase.PodFailed);
        await hub.BecomesAsync("wf", workflow => HubUnderTest.PhaseOf(workflow) == "Failed" && ArchivingStatus(workflow) == "Archived");
        return uid;
    }

    private static async Task<PodIntent> NextAsync(ScriptedAgent agent, string task)
    {
        var intent = await agent.IsAskedToRunAsync();
        Assert.EndsWith("." + task, intent.NodeName, StringComparison.Ordinal);
        return intent;
    }

    private static string? ArchivingStatus(JsonObject workflow) => (string?)workflow["metadata"]!["labels"]?["workflows.argoproj.io/workflow-archiving-status"];
}
