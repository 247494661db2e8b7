using Argosy.Contracts.Agents;

namespace Argosy.ControlPlane.Tests.Workflows;

/// <summary>The hub and an agent: what is asked, repeated, forgotten.</summary>
public sealed class DispatchStories
{
    private const string OneStep = """{"entrypoint":"main","templates":[{"name":"main","container":{"image":"busybox","command":["true"]}}]}""";

    private static readonly Dictionary<string, string> NoLabels = [];

    [Fact]
    public async Task AgentReportsSuccess_WorkflowSucceeds_AndTheAttemptIsReleased()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await hub.Hub.DeclareClusterAsync("one", NoLabels);
        await using var agent = await ScriptedAgent.ConnectAsync(hub.Hub, "one");
        await hub.CreateAsync("wf", OneStep);

        var intent = await agent.IsAskedToRunAsync();
        await agent.ReportsAsync(intent.Key, PodPhase.PodSucceeded);

        var workflow = await hub.EndsAsync("wf", "Succeeded");
        Assert.Equal("wf", intent.PodName);
        Assert.Equal("one", (string?)workflow["status"]!["nodes"]!["wf"]!["cluster"]);
        Assert.Equal("1/1", (string?)workflow["status"]!["progress"]);
    }

    [Fact]
    public async Task AgentComesBackWithoutThePod_IsAskedAgain_ForTheSameAttempt()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await hub.Hub.DeclareClusterAsync("one", NoLabels);
        PodIntent first;
        await using (var earlier = await ScriptedAgent.ConnectAsync(hub.Hub, "one"))
        {
            await hub.CreateAsync("wf", OneStep);
            first = await earlier.IsAskedToRunAsync();
        }

        await using var agent = await ScriptedAgent.ConnectAsync(hub.Hub, "one");
        var second = await agent.IsAskedToRunAsync();

        Assert.Equal(first.Key, second.Key);
        Assert.True(second.Epoch > first.Epoch);
    }

    [Fact]
    public async Task HubIsStartedAgain_AsksForWhatIsOutstanding_AndKnowsWhatEnded()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await hub.Hub.DeclareClusterAsync("one", NoLabels);
        AttemptKey second;
        await using (var earlier = await ScriptedAgent.ConnectAsync(hub.Hub, "one"))
        {
            await hub.CreateAsync("wf", """
                {"entrypoint":"main","templates":[
                  {"name":"main","steps":[[{"name":"a","template":"leaf"}],[{"name":"b","template":"leaf"}]]},
                  {"name":"leaf","container":{"image":"busybox","command":["true"]}}]}
                """);
            await earlier.ReportsAsync((await earlier.IsAskedToRunAsync()).Key, PodPhase.PodSucceeded);
            second = (await earlier.IsAskedToRunAsync()).Key;
        }

        await hub.StopAsync();
        await hub.StartAgainAsync();
        await using var agent = await ScriptedAgent.ConnectAsync(hub.Hub, "one");
        Assert.Equal(second, (await agent.IsAskedToRunAsync()).Key);
        await agent.ReportsAsync(second, PodPhase.PodSucceeded);

        await hub.EndsAsync("wf", "Succeeded");
    }

    [Fact]
    public async Task AttemptIsLost_NextAttemptIsAsked_AndCounted()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await hub.Hub.DeclareClusterAsync("one", NoLabels);
        await using var agent = await ScriptedAgent.ConnectAsync(hub.Hub, "one");
        await hub.CreateAsync("wf", OneStep);
        var first = await agent.IsAskedToRunAsync();

        await agent.ReportsAsync(first.Key, PodPhase.PodLost, "the machine went away");
        Assert.Equal(first.Key, (await agent.HearsAsync(HubMessage.BodyOneofCase.Release)).Release);
        var next = await agent.IsAskedToRunAsync();
        await agent.ReportsAsync(first.Key, PodPhase.PodSucceeded); // too late: it speaks of the lost attempt
        await agent.ReportsAsync(next.Key, PodPhase.PodSucceeded);

        var workflow = await hub.EndsAsync("wf", "Succeeded");
        Assert.Equal((0u, 1u), (first.Key.Attempt, next.Key.Attempt));
        Assert.Equal(1, (int)workflow["status"]!["nodes"]!["wf"]!["failedPodRestarts"]!);
    }

    [Fact]
    public async Task AgentReportsAnotherClustersNode_ChangesNothing_AndIsToldToForgetIt()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await hub.Hub.DeclareClusterAsync("one", NoLabels);
        await hub.Hub.DeclareClusterAsync("two", NoLabels);
        await using var owner = await ScriptedAgent.ConnectAsync(hub.Hub, "one");
        await hub.CreateAsync("wf", OneStep);
        var intent = await owner.IsAskedToRunAsync();
        await using var stranger = await ScriptedAgent.ConnectAsync(hub.Hub, "two");

        await stranger.ReportsAsync(intent.Key, PodPhase.PodFailed, "said by one who does not run it");
        Assert.Equal(intent.Key, (await stranger.HearsAsync(HubMessage.BodyOneofCase.Release)).Release);
        await owner.ReportsAsync(intent.Key, PodPhase.PodSucceeded);

        await hub.EndsAsync("wf", "Succeeded");
    }

    [Fact]
    public async Task SecondAgentOfOneCluster_FirstIsToldToGo()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await hub.Hub.DeclareClusterAsync("one", NoLabels);
        await using var first = await ScriptedAgent.ConnectAsync(hub.Hub, "one");
        await using var second = await ScriptedAgent.ConnectAsync(hub.Hub, "one");

        Assert.Contains("superseded", (await first.HearsAsync(HubMessage.BodyOneofCase.Superseded)).Superseded, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AgentOfAnUndeclaredCluster_IsRefused_WithWhatToDo()
    {
        await using var hub = await HubUnderTest.StartAsync();

        var refusal = await Assert.ThrowsAsync<HubRefusedException>(() => ScriptedAgent.ConnectAsync(hub.Hub, "stranger"));

        Assert.Contains("declare it", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WorkflowIsDeleted_AgentIsToldToForgetIt_AlsoWhenItWasAway()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await hub.Hub.DeclareClusterAsync("one", NoLabels);
        string uid;
        AttemptKey left;
        await using (var present = await ScriptedAgent.ConnectAsync(hub.Hub, "one"))
        {
            uid = await hub.CreateAsync("wf", OneStep);
            left = (await present.IsAskedToRunAsync()).Key;
            await hub.DeleteAsync("wf");
            Assert.Equal(uid, (await present.HearsAsync(HubMessage.BodyOneofCase.Forget)).Forget);
        }

        await using var back = await ScriptedAgent.ConnectAsync(hub.Hub, "one", left);
        Assert.Equal(uid, (await back.HearsAsync(HubMessage.BodyOneofCase.Forget)).Forget);
    }

    [Fact]
    public async Task DeletedWorkflowsPods_AreNotAskedForAgain_WhenTheirAgentComesBack()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await hub.Hub.DeclareClusterAsync("one", NoLabels);
        await using (var agent = await ScriptedAgent.ConnectAsync(hub.Hub, "one"))
        {
            await hub.CreateAsync("deleted", OneStep);
            await agent.ReportsAsync((await agent.IsAskedToRunAsync()).Key, PodPhase.PodRunning);
            await hub.DeleteAsync("deleted");
            await agent.HearsAsync(HubMessage.BodyOneofCase.Forget);
        }

        await using var back = await ScriptedAgent.ConnectAsync(hub.Hub, "one");
        await hub.CreateAsync("next", OneStep);

        Assert.Equal("next", (await back.IsAskedToRunAsync()).Key.Workflow);
        Assert.DoesNotContain(back.PassedOver, message => message.BodyCase == HubMessage.BodyOneofCase.Cancel);
    }

    [Fact]
    public async Task DeletionThatAKilledHubDidNotCarryOut_IsCarriedOutByTheNext()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var held = await HeldByAnAgentThatLeftAsync(hub, "wf");
        await hub.StopAsync();
        await hub.ExecuteAsync("DELETE FROM objects WHERE name = 'wf'");
        await hub.StartAgainAsync();
        await using var back = await ScriptedAgent.ConnectAsync(hub.Hub, "one", held);

        Assert.Equal(held.WorkflowUid, (await back.HearsAsync(HubMessage.BodyOneofCase.Forget)).Forget);
    }

    [Fact]
    public async Task WorkflowThatCannotBeLoaded_KeepsNoOtherFromItsCluster()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var held = await HeldByAnAgentThatLeftAsync(hub, "damaged");
        await hub.StopAsync();
        await hub.ExecuteAsync("UPDATE journal_entries SET facts = x'00'");
        await hub.StartAgainAsync();
        await using var back = await ScriptedAgent.ConnectAsync(hub.Hub, "one", held);
        await hub.CreateAsync("sound", OneStep);

        Assert.Equal("sound", (await back.IsAskedToRunAsync()).Key.Workflow);
        Assert.DoesNotContain(back.PassedOver, message => message.BodyCase is HubMessage.BodyOneofCase.Forget or HubMessage.BodyOneofCase.Release);
    }

    [Fact]
    public async Task NoClusterFits_NodeSaysWhyPerCluster_AndRunsWhenTheFleetChanges()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await hub.Hub.DeclareClusterAsync("one", NoLabels);
        await hub.Hub.DeclareClusterAsync("two", new Dictionary<string, string> { ["tier"] = "web" });
        await using var agent = await ScriptedAgent.ConnectAsync(hub.Hub, "one");
        await hub.CreateAsync("wf", """
            {"entrypoint":"main","templates":[{"name":"main","placement":{"clusterSelector":"accelerator=nvidia"},
             "container":{"image":"busybox","command":["true"]}}]}
            """);

        var waiting = await hub.BecomesAsync("wf", workflow => workflow["status"]?["nodes"]?["wf"]?["message"] is not null);
        var message = (string)waiting["status"]!["nodes"]!["wf"]!["message"]!;
        Assert.Equal("Pending", (string?)waiting["status"]!["nodes"]!["wf"]!["phase"]);
        Assert.Contains("one: its labels do not meet accelerator=nvidia", message, StringComparison.Ordinal);
        Assert.Contains("two: its labels do not meet accelerator=nvidia", message, StringComparison.Ordinal);

        await hub.PatchClusterAsync("one", """{"spec":{"labels":{"accelerator":"nvidia"}}}""");
        await agent.ReportsAsync((await agent.IsAskedToRunAsync()).Key, PodPhase.PodSucceeded);
        await hub.EndsAsync("wf", "Succeeded");
    }

    /// <summary>The attempt of a workflow of one step that an agent of cluster one was asked to run before it left.</summary>
    private static async Task<AttemptKey> HeldByAnAgentThatLeftAsync(HubUnderTest hub, string workflow)
    {
        await hub.Hub.DeclareClusterAsync("one", NoLabels);
        await using var agent = await ScriptedAgent.ConnectAsync(hub.Hub, "one");
        await hub.CreateAsync(workflow, OneStep);
        return (await agent.IsAskedToRunAsync()).Key;
    }
}
