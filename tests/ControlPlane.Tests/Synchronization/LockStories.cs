using System.Net;
using System.Text.Json.Nodes;
using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Storage;
using Argosy.ControlPlane.Tests.Workflows;

namespace Argosy.ControlPlane.Tests.Synchronization;

/// <summary>Workflows that compete, on a whole hub: never more holders than there may be, whatever happens to the hub.</summary>
public sealed class LockStories
{
    private const string ByMutex = """{"mutexes":[{"name":"m"}]}""";
    private const string ByConfigMap = """{"semaphores":[{"configMapKeyRef":{"name":"my-config","key":"workflow"}}]}""";
    private const string ByTable = """{"semaphores":[{"database":{"key":"workflow"}}]}""";
    private const string MergePatch = "application/merge-patch+json";

    private static string Locked(string synchronization) =>
        $$$"""{"entrypoint":"main","synchronization":{{{synchronization}}},"templates":[{"name":"main","container":{"image":"busybox","command":["true"]}}]}""";

    private static string TemplateLocked(string synchronization) =>
        $$$"""{"entrypoint":"main","templates":[{"name":"main","synchronization":{{{synchronization}}},"container":{"image":"busybox","command":["true"]}}]}""";

    private static async Task<(HubUnderTest Hub, ScriptedAgent Agent)> HubWithOneClusterAsync()
    {
        var hub = await HubUnderTest.StartAsync();
        await hub.Hub.DeclareClusterAsync("one", new Dictionary<string, string>());
        return (hub, await ScriptedAgent.ConnectAsync(hub.Hub, "one"));
    }

    private static Task<JsonObject> WaitsAsync(HubUnderTest hub, string name, string message) =>
        hub.BecomesAsync(name, workflow => HubUnderTest.PhaseOf(workflow) == "Pending" && (string?)workflow["status"]!["message"] == message);

    private static Task ConfigAsync(HubUnderTest hub, string limit) => hub.SendAsync(
        HttpMethod.Post, "/api/v1/namespaces/default/configmaps",
        $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"my-config"},"data":{"workflow":"{{{limit}}}"}}""");

    [Fact]
    public async Task TwoWorkflowsOfOneMutex_SecondWaitsAndSaysForWhom_AndGoesWhenTheFirstEnds()
    {
        var (hub, agent) = await HubWithOneClusterAsync();
        await using var _ = hub;
        await using var __ = agent;
        await hub.CreateAsync("first", Locked(ByMutex));
        var first = await agent.IsAskedToRunAsync();
        await hub.CreateAsync("second", Locked(ByMutex));

        var waiting = await WaitsAsync(hub, "second", "Waiting for default/Mutex/m lock. Lock status: 0/1");
        Assert.Equal("default/first", (string?)waiting["status"]!["synchronization"]!["mutex"]!["waiting"]![0]!["holder"]);
        await agent.ReportsAsync(first.Key, PodPhase.PodSucceeded);
        var second = await agent.IsAskedToRunAsync();
        await agent.ReportsAsync(second.Key, PodPhase.PodSucceeded);

        await hub.EndsAsync("first", "Succeeded");
        await hub.EndsAsync("second", "Succeeded");
    }

    [Fact]
    public async Task NodesOfOneMutex_RunOneAfterAnother()
    {
        var (hub, agent) = await HubWithOneClusterAsync();
        await using var _ = hub;
        await using var __ = agent;
        await hub.CreateAsync("a", TemplateLocked(ByMutex));
        var first = await agent.IsAskedToRunAsync();
        await hub.CreateAsync("b", TemplateLocked(ByMutex));
        var waiting = await hub.BecomesAsync("b", workflow => workflow["status"]?["nodes"]?["b"]?["synchronizationStatus"]?["waiting"] is not null);
        Assert.Equal("Waiting for default/Mutex/m lock. Lock status: 0/1", (string?)waiting["status"]!["nodes"]!["b"]!["message"]);

        await agent.ReportsAsync(first.Key, PodPhase.PodFailed);
        await agent.ReportsAsync((await agent.IsAskedToRunAsync()).Key, PodPhase.PodSucceeded);
        await hub.EndsAsync("a", "Failed");
        await hub.EndsAsync("b", "Succeeded");
    }

    [Fact]
    public async Task HubIsStartedAgain_HolderStillHolds_AndWaiterStillWaits()
    {
        var (hub, agent) = await HubWithOneClusterAsync();
        await using var _ = hub;
        PodIntent first;
        await using (agent)
        {
            await hub.CreateAsync("first", Locked(ByMutex));
            first = await agent.IsAskedToRunAsync();
            await hub.CreateAsync("second", Locked(ByMutex));
            await WaitsAsync(hub, "second", "Waiting for default/Mutex/m lock. Lock status: 0/1");
        }

        await hub.StopAsync();
        await hub.StartAgainAsync();
        await using var back = await ScriptedAgent.ConnectAsync(hub.Hub, "one");
        Assert.Equal(first.Key, (await back.IsAskedToRunAsync()).Key);
        await WaitsAsync(hub, "second", "Waiting for default/Mutex/m lock. Lock status: 0/1");
        await back.ReportsAsync(first.Key, PodPhase.PodSucceeded);

        await back.ReportsAsync((await back.IsAskedToRunAsync()).Key, PodPhase.PodSucceeded);
        await hub.EndsAsync("second", "Succeeded");
    }

    [Fact]
    public async Task HubDiedAfterTheGrantWasDurable_AndBeforeTheWorkflowHeardOfIt_WorkflowHasTheLock()
    {
        var (hub, agent) = await HubWithOneClusterAsync();
        await using var _ = hub;
        string second;
        await using (agent)
        {
            await hub.CreateAsync("first", Locked(ByMutex));
            await agent.IsAskedToRunAsync();
            second = await hub.CreateAsync("second", Locked(ByMutex));
            await WaitsAsync(hub, "second", "Waiting for default/Mutex/m lock. Lock status: 0/1");
        }

        await hub.StopAsync();
        await WriteAsync(hub, $"INSERT INTO lock_holds VALUES ('{second}', 0, 'Mutex', 'default', 'm', '', 'default/second')");
        await hub.StartAgainAsync();

        await hub.BecomesAsync("second", workflow => HubUnderTest.PhaseOf(workflow) == "Running");
    }

    [Fact]
    public async Task HubDiedBeforeALockWasGivenBack_WhoeverIsGoneOrDoneHoldsNothing()
    {
        var (hub, agent) = await HubWithOneClusterAsync();
        await using var _ = hub;
        string done;
        await using (agent)
        {
            done = await hub.CreateAsync("done", Locked(ByMutex));
            await agent.ReportsAsync((await agent.IsAskedToRunAsync()).Key, PodPhase.PodSucceeded);
            await hub.EndsAsync("done", "Succeeded");
        }

        await hub.StopAsync();
        await WriteAsync(hub, $"""
            INSERT INTO lock_holds VALUES ('{done}', 0, 'Mutex', 'default', 'm', '', 'default/done');
            INSERT INTO lock_holds VALUES ('gone', 0, 'Mutex', 'default', 'm', '', 'default/gone');
            INSERT INTO lock_holds VALUES ('other', 0, 'Mutex', 'default', 'm', '', 'default/done')
            """);
        await hub.StartAgainAsync();
        await hub.CreateAsync("next", Locked(ByMutex));

        await hub.BecomesAsync("next", workflow => HubUnderTest.PhaseOf(workflow) == "Running");
    }

    [Fact]
    public async Task HolderIsDeleted_NextGoes()
    {
        var (hub, agent) = await HubWithOneClusterAsync();
        await using var _ = hub;
        await using var __ = agent;
        await hub.CreateAsync("first", Locked(ByMutex));
        await agent.IsAskedToRunAsync();
        await hub.CreateAsync("second", Locked(ByMutex));
        await WaitsAsync(hub, "second", "Waiting for default/Mutex/m lock. Lock status: 0/1");

        await hub.DeleteAsync("first");
        await hub.BecomesAsync("second", workflow => HubUnderTest.PhaseOf(workflow) == "Running");
    }

    [Fact]
    public async Task LimitInAConfigMap_IsRaised_WaiterGoesAtOnce()
    {
        var (hub, agent) = await HubWithOneClusterAsync();
        await using var _ = hub;
        await using var __ = agent;
        await ConfigAsync(hub, "1");
        await hub.CreateAsync("first", Locked(ByConfigMap));
        await agent.IsAskedToRunAsync();
        await hub.CreateAsync("second", Locked(ByConfigMap));
        await WaitsAsync(hub, "second", "Waiting for default/ConfigMap/my-config/workflow lock. Lock status: 0/1");

        await hub.SendAsync(HttpMethod.Patch, "/api/v1/namespaces/default/configmaps/my-config", """{"data":{"workflow":"2"}}""", MergePatch);
        await hub.BecomesAsync("second", workflow => HubUnderTest.PhaseOf(workflow) == "Running");
    }

    [Theory]
    [InlineData(ByConfigMap, "default/ConfigMap/my-config/workflow", "configmaps \"my-config\" not found")]
    [InlineData(ByTable, "default/Database/workflow", "there is no sync limit workflow in namespace default")]
    public async Task LimitThatNobodyWroteDown_FailsTheWorkflow_AndTheNodeIsInError(string synchronization, string name, string reason)
    {
        await using var hub = await HubUnderTest.StartAsync();
        await hub.CreateAsync("wf", Locked(synchronization));
        await hub.CreateAsync("node", TemplateLocked(synchronization));

        var failed = await hub.EndsAsync("wf", "Failed");
        Assert.Equal($"Failed to acquire the synchronization lock. failed to initialize semaphore {name} with limit: {reason}", (string?)failed["status"]!["message"]);
        var error = await hub.EndsAsync("node", "Error");
        Assert.Equal($"failed to initialize semaphore {name} with limit: {reason}", (string?)error["status"]!["nodes"]!["node"]!["message"]);
    }

    [Fact]
    public async Task LimitInTheTable_IsKeptByTheSyncApi_AndItsMessageCountsHolders()
    {
        var (hub, agent) = await HubWithOneClusterAsync();
        await using var _ = hub;
        await using var __ = agent;
        var created = await hub.SendAsync(HttpMethod.Post, "/api/v1/sync/default", """{"type":"DATABASE","key":"workflow","limit":1}""");
        Assert.Equal("""{"cmName":"","key":"workflow","limit":1,"namespace":"default","type":"DATABASE"}""", created!.ToJsonString());
        Assert.Equal(HttpStatusCode.Conflict, (await hub.TryAsync(HttpMethod.Post, "/api/v1/sync/default", """{"type":1,"key":"workflow","limit":1}""")).Status);
        await hub.CreateAsync("first", Locked(ByTable));
        await agent.IsAskedToRunAsync();
        await hub.CreateAsync("second", Locked(ByTable));
        await WaitsAsync(hub, "second", "Waiting for default/Database/workflow lock. Lock status: 1/1");

        await hub.SendAsync(HttpMethod.Put, "/api/v1/sync/default/workflow", """{"type":"DATABASE","limit":2}""");
        await hub.BecomesAsync("second", workflow => HubUnderTest.PhaseOf(workflow) == "Running");
        Assert.Equal(2, (int)(await hub.SendAsync(HttpMethod.Get, "/api/v1/sync/default/workflow?type=DATABASE"))!["limit"]!);
        await hub.SendAsync(HttpMethod.Delete, "/api/v1/sync/default/workflow?type=DATABASE");
        Assert.Equal(HttpStatusCode.NotFound, (await hub.TryAsync(HttpMethod.Get, "/api/v1/sync/default/workflow?type=DATABASE")).Status);
    }

    [Fact]
    public async Task LimitInAConfigMap_IsKeptByTheSyncApiToo()
    {
        await using var hub = await HubUnderTest.StartAsync();
        const string map = """{"type":"CONFIG_MAP","cmName":"my-config","key":"k","limit":3}""";
        await hub.SendAsync(HttpMethod.Post, "/api/v1/sync/default", map);
        Assert.Equal(HttpStatusCode.Conflict, (await hub.TryAsync(HttpMethod.Post, "/api/v1/sync/default", map)).Status);
        await hub.SendAsync(HttpMethod.Put, "/api/v1/sync/default/k", """{"cmName":"my-config","limit":4}""");

        Assert.Equal("4", (string?)(await hub.SendAsync(HttpMethod.Get, "/api/v1/namespaces/default/configmaps/my-config"))!["data"]!["k"]);
        Assert.Equal(4, (int)(await hub.SendAsync(HttpMethod.Get, "/api/v1/sync/default/k?cmName=my-config"))!["limit"]!);
        await hub.SendAsync(HttpMethod.Delete, "/api/v1/sync/default/k?cmName=my-config&type=0");
        Assert.Equal(HttpStatusCode.NotFound, (await hub.TryAsync(HttpMethod.Put, "/api/v1/sync/default/k", """{"cmName":"my-config","limit":4}""")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await hub.TryAsync(HttpMethod.Post, "/api/v1/sync/default", """{"cmName":"c","key":"k","limit":0}""")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await hub.TryAsync(HttpMethod.Post, "/api/v1/sync/default", """{"key":"k","limit":1}""")).Status);
    }

    [Fact]
    public async Task NamespaceWithALimit_PostponesTheRest_AlsoAcrossARestart_UntilThereIsRoom()
    {
        const string message = "Workflow processing has been postponed because too many workflows are already running";
        const string plain = """{"entrypoint":"main","templates":[{"name":"main","container":{"image":"busybox","command":["true"]}}]}""";
        var (hub, agent) = await HubWithOneClusterAsync();
        await using var _ = hub;
        PodIntent first;
        await using (agent)
        {
            await LimitNamespaceAsync(hub, "1");
            await hub.CreateAsync("first", plain);
            first = await agent.IsAskedToRunAsync();
            await hub.CreateAsync("second", plain);
            await hub.CreateAsync("urgent", plain.Insert(1, "\"priority\":5,"));
            await WaitsAsync(hub, "second", message);
            await WaitsAsync(hub, "urgent", message);
        }

        await hub.StopAsync();
        await hub.StartAgainAsync();
        await using var back = await ScriptedAgent.ConnectAsync(hub.Hub, "one");
        Assert.Equal(first.Key, (await back.IsAskedToRunAsync()).Key);
        await WaitsAsync(hub, "second", message);
        await WaitsAsync(hub, "urgent", message);
        await back.ReportsAsync(first.Key, PodPhase.PodSucceeded);
        Assert.Equal("urgent", (await back.IsAskedToRunAsync()).PodName);

        await WaitsAsync(hub, "second", message);
        await LimitNamespaceAsync(hub, "2");
        Assert.Equal("second", (await back.IsAskedToRunAsync()).PodName);
    }

    private static Task LimitNamespaceAsync(HubUnderTest hub, string limit) => hub.SendAsync(
        HttpMethod.Patch, "/api/v1/namespaces/default",
        """{"metadata":{"labels":{"workflows.argoproj.io/parallelism-limit":"LIMIT"}}}""".Replace("LIMIT", limit, StringComparison.Ordinal), MergePatch);

    private static async Task WriteAsync(HubUnderTest hub, string sql)
    {
        await using var database = HubDatabase.Sqlite(hub.DatabaseFile);
        await using var connection = await database.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the tests' own texts
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
