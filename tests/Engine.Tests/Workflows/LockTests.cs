using System.Text.Json.Nodes;
using Argosy.Engine.Workflows;

namespace Argosy.Engine.Tests.Workflows;

/// <summary>Locks as one workflow sees them: what it asks for, what it does while it waits, when it gives them up.</summary>
public sealed class LockTests
{
    private const string Message = "Waiting for default/Mutex/m lock. Lock status: 0/1";
    private const string Leaf = """{"name":"leaf","container":{"image":"i"}}""";

    private static Story OneNode(string template, string more = "") =>
        new($$$"""{"entrypoint":"main"{{{more}}},"templates":[{"name":"main","synchronization":{"mutexes":[{"name":"m"}]},{{{template}}}},{{{Leaf}}}]}""");

    private static LocksQueued Queued(long ticket) => new(ticket, Message, "default/Mutex/m", [["default/other"]]);

    private static JsonObject Status(Story story) => WorkflowStatusView.Render(story.State);

    [Fact]
    public void WorkflowLock_IsTakenBeforeTheWorkflowRuns_AndGivenUpWhenItEnds()
    {
        var story = new Story($$$"""{"entrypoint":"leaf","synchronization":{"mutexes":[{"name":"{{workflow.parameters.of}}"}]},"arguments":{"parameters":[{"name":"of","value":"m"}]},"templates":[{{{Leaf}}}]}""");
        Assert.Equal("default/Mutex/m", Assert.Single(Assert.Single(story.State.Locks.All).Locks).ToString());
        Assert.Empty(story.State.Nodes);

        story.Take(Queued(0));
        Assert.Equal((WorkflowPhase.Pending, Message), (story.State.Phase, story.State.Message));
        Assert.Equal("""{"mutex":{"waiting":[{"mutex":"default/Mutex/m","holder":"default/other"}]}}""", Status(story)["synchronization"]!.ToJsonString());

        story.Take(new LocksGranted(0));
        Assert.Equal((WorkflowPhase.Running, null), (story.State.Phase, story.State.Message));
        Assert.Equal("""{"mutex":{"holding":[{"mutex":"default/Mutex/m","holder":"default/wf"}]}}""", Status(story)["synchronization"]!.ToJsonString());

        story.Succeeds("wf");
        Assert.Equal(WorkflowPhase.Succeeded, story.State.Phase);
        Assert.Empty(Assert.Single(story.Orders.OfType<KeepLocks>()).Tickets);
        Assert.Null(Status(story)["synchronization"]);
    }

    [Fact]
    public void WorkflowLock_ThatCannotBeHad_FailsTheWorkflow()
    {
        var story = new Story($$$"""{"entrypoint":"leaf","synchronization":{"semaphores":[{"configMapKeyRef":{"name":"c","key":"k"}}]},"templates":[{{{Leaf}}}]}""");
        story.Take(new LocksRefused(0, "failed to initialize semaphore default/ConfigMap/c/k with limit"));

        Assert.Equal(
            (WorkflowPhase.Failed, "Failed to acquire the synchronization lock. failed to initialize semaphore default/ConfigMap/c/k with limit"),
            (story.State.Phase, story.State.Message));
    }

    [Theory]
    [InlineData(""" "container":{"image":"i"} """, NodeType.Pod, NodePhase.Pending)]
    [InlineData(""" "suspend":{} """, NodeType.Suspend, NodePhase.Running)]
    [InlineData(""" "http":{"url":"u"} """, NodeType.HTTP, NodePhase.Pending)]
    [InlineData(""" "steps":[[{"name":"a","template":"leaf"}]] """, NodeType.Steps, NodePhase.Running)]
    [InlineData(""" "dag":{"tasks":[{"name":"a","template":"leaf"}]} """, NodeType.DAG, NodePhase.Running)]
    [InlineData(""" "retryStrategy":{"limit":1},"container":{"image":"i"} """, NodeType.Retry, NodePhase.Running)]
    public void NodeOfAnyKind_WaitsPendingForItsLock_AndStartsWhenItHasIt(string template, NodeType type, NodePhase started)
    {
        var story = OneNode(template).Take(Queued(0));
        Assert.Equal((NodePhase.Pending, Message), (story["wf"].Phase, story["wf"].Message));
        Assert.Equal("default/Mutex/m", (string?)Status(story)["nodes"]!["wf"]!["synchronizationStatus"]!["waiting"]);
        Assert.Equal(0, story.State.ActivePods);
        Assert.Empty(story.Orders.OfType<PlaceNode>());

        story.Take(new LocksGranted(0));
        Assert.Equal((type, started, null), (story["wf"].Type, story["wf"].Phase, story["wf"].Message));
        Assert.Equal(Status(story).ToJsonString(), WorkflowStatusView.Render(story.Replayed()).ToJsonString());
    }

    [Fact]
    public void RetryNode_HoldsItsLockOverAllAttempts()
    {
        var story = OneNode(""" "retryStrategy":{"limit":2},"container":{"image":"i"} """).Take(new LocksGranted(0)).Fails("wf(0)");
        Assert.Empty(story.Orders.OfType<ReleaseLocks>());
        Assert.Single(story.Orders.OfType<AskLocks>());

        story.Succeeds("wf(1)");
        Assert.Equal([new ReleaseLocks(0)], story.Orders.OfType<ReleaseLocks>());
    }

    [Fact]
    public void Daemon_GivesItsLockUpWhenItIsReady_SoThatTheNextStepCanHaveIt()
    {
        var story = OneNode(""" "daemon":true,"container":{"image":"i"} """).Take(new LocksGranted(0)).Running("wf");
        Assert.Empty(story.Orders.OfType<ReleaseLocks>());

        story.Running("wf", ready: true);
        Assert.Single(story.Orders.OfType<ReleaseLocks>());
    }

    [Fact]
    public void Stop_FailsWhatWaitsForALock_AndGivesUpItsPlaceInLine()
    {
        var story = OneNode(""" "steps":[[{"name":"a","template":"leaf"}]] """).Take(Queued(0)).Take(new ShutdownAsked(ShutdownStrategy.Stop, null, null));

        Assert.Equal((NodePhase.Failed, "Stopped with strategy 'Stop'"), (story["wf"].Phase, story["wf"].Message));
        Assert.Equal(WorkflowPhase.Failed, story.State.Phase);
        Assert.Single(story.Orders.OfType<ReleaseLocks>());
        Assert.Empty(story.Take(new LocksGranted(0)).State.Locks.All);
        Assert.Equal(2, story.Orders.OfType<ReleaseLocks>().Count()); // a grant that came too late goes back
    }

    [Fact]
    public void Stop_OfAWorkflowThatWaitsForItsLock_EndsIt()
    {
        var story = new Story($$$"""{"entrypoint":"leaf","synchronization":{"mutex":{"name":"m"}},"templates":[{{{Leaf}}}]}""");
        story.Take(Queued(0)).Take(new ShutdownAsked(ShutdownStrategy.Terminate, null, null));

        Assert.Equal((WorkflowPhase.Failed, "Stopped with strategy 'Terminate'"), (story.State.Phase, story.State.Message));
        Assert.Single(story.Orders.OfType<KeepLocks>());
    }

    [Fact]
    public void LockOfANode_IsRefused_NodeIsInError()
    {
        var story = OneNode(""" "container":{"image":"i"} """).Take(new LocksRefused(0, "no limit"));

        Assert.Equal((NodePhase.Error, "no limit"), (story["wf"].Phase, story["wf"].Message));
        Assert.Equal(WorkflowPhase.Error, story.State.Phase);
    }

    [Fact]
    public void LockGranted_WhileTheWorkflowsPodsAreUsedUp_WaitsForRoomToo()
    {
        var story = new Story($$$"""
            {"entrypoint":"main","parallelism":1,"templates":[
              {"name":"main","steps":[[{"name":"locked","template":"locked"},{"name":"free","template":"leaf"}]]},
              {"name":"locked","synchronization":{"mutexes":[{"name":"m"}]},"container":{"image":"i"}},{{{Leaf}}}]}
            """);
        Assert.Equal(1, story.State.ActivePods); // who waits takes no room

        story.Take(new LocksGranted(0));
        Assert.Equal(1, story.State.ActivePods);
        story.Succeeds("wf[0].free");
        Assert.Equal("home", story["wf[0].locked"].Cluster);
        Assert.Equal(WorkflowPhase.Succeeded, story.Succeeds("wf[0].locked").State.Phase);
    }

    [Fact]
    public void SuspendedWorkflow_KeepsWhatItIsGranted_AndStartsItWhenResumed()
    {
        var story = OneNode(""" "container":{"image":"i"} """).Take(new SuspendAsked()).Take(new LocksGranted(0));
        Assert.Null(story["wf"].Cluster);

        Assert.Equal("home", story.Take(new ResumeAsked(null))["wf"].Cluster);
    }

    [Fact]
    public void Timeout_OfANodeThatWaitsForALock_FailsIt()
    {
        var story = OneNode(""" "timeout":"10s","container":{"image":"i"} """).Take(Queued(0)).Passes(TimeSpan.FromSeconds(10));

        Assert.Equal(NodePhase.Failed, story["wf"].Phase);
        Assert.Single(story.Orders.OfType<ReleaseLocks>());
    }

    [Fact]
    public void RetryNode_WhoseSiblingsWaitForItsLock_MakesItsNextAttemptThoughTheyUseUpTheParallelism()
    {
        var story = new Story("""
            {"entrypoint":"main","templates":[
              {"name":"main","parallelism":2,"steps":[[{"name":"a","template":"locked","withItems":[1,2,3]}]]},
              {"name":"locked","synchronization":{"mutexes":[{"name":"m"}]},"retryStrategy":{"limit":1,"backoff":{"duration":"10s"}},"container":{"image":"i"}}]}
            """).Take(new LocksGranted(0)).Fails("wf[0].a(0:1)(0)");
        Assert.Equal(NodePhase.Pending, story["wf[0].a(2:3)"].Phase);

        story.Passes(TimeSpan.FromSeconds(10));
        Assert.NotNull(story.State.Find("wf[0].a(0:1)(1)"));
    }

    [Fact]
    public void Retry_AsksAgainForTheLocksOfTheWorkflowAndOfTheGroupsThatRunAgain_TheOuterFirst_WithNewTickets()
    {
        var story = new Story($$$"""
            {"entrypoint":"main","synchronization":{"mutexes":[{"name":"w"}]},"templates":[
              {"name":"main","synchronization":{"mutexes":[{"name":"m"}]},"steps":[[{"name":"inner","template":"inner"}]]},
              {"name":"inner","synchronization":{"mutexes":[{"name":"i"}]},"dag":{"tasks":[{"name":"a","template":"leaf"}]}},{{{Leaf}}}]}
            """).Take(new LocksGranted(0)).Take(new LocksGranted(1)).Take(new LocksGranted(2)).Fails("wf[0].inner.a");
        Assert.Equal(WorkflowPhase.Failed, story.State.Phase);

        story.Take(new RetryAsked(false, null, []));
        Assert.Equal(WorkflowPhase.Pending, story.State.Phase);
        Assert.Null(story.State.Find("wf[0].inner.a"));
        story.Take(new LocksGranted(0)).Take(new LocksGranted(1)).Take(new LocksGranted(2)); // old ones
        foreach (var name in new[] { "w", "m", "i" })
        {
            Assert.Null(story.State.Find("wf[0].inner.a"));
            var claim = Assert.Single(story.State.Locks.All, claim => !claim.Held);
            Assert.Equal(name, claim.Locks[0].Name);
            story.Take(new LocksGranted(claim.Ticket));
            Assert.Equal(WorkflowPhase.Running, story.State.Phase);
        }

        story.Succeeds("wf[0].inner.a");
        Assert.Equal(WorkflowPhase.Succeeded, story.State.Phase);
    }

    [Fact]
    public void Restart_AsksAgainForEveryClaim_AndGivesBackTheRest()
    {
        var story = OneNode(""" "container":{"image":"i"} """);
        var again = WorkflowDecider.Decide(story.Replayed(), new Recovered(), story.Now);

        Assert.Equal([0L], Assert.Single(again.Orders.OfType<KeepLocks>()).Tickets);
        Assert.Equal([new AskLocks(0)], again.Orders.OfType<AskLocks>());

        story.Take(new LocksGranted(0)).Succeeds("wf");
        Assert.Empty(Assert.Single(WorkflowDecider.Decide(story.Replayed(), new Recovered(), story.Now).Orders.OfType<KeepLocks>()).Tickets);
    }

    [Fact]
    public void PostponedWorkflow_IsPending_UntilItIsAdmitted()
    {
        var state = new WorkflowState();
        var manifest = (JsonObject)JsonNode.Parse($$$"""{"metadata":{"name":"wf","uid":"u"},"spec":{"entrypoint":"leaf","templates":[{{{Leaf}}}]}}""")!;
        WorkflowDecider.Decide(state, new Submitted(manifest) { Postponed = true }, DateTimeOffset.UnixEpoch);
        Assert.Equal(
            (WorkflowPhase.Pending, "Workflow processing has been postponed because too many workflows are already running"), (state.Phase, state.Message));

        WorkflowDecider.Decide(state, new Admitted(), DateTimeOffset.UnixEpoch);
        Assert.Equal((WorkflowPhase.Running, null, 1), (state.Phase, state.Message, state.NodeCount));
    }
}
