using System.Text.Json.Nodes;
using Argosy.ControlPlane.Archive;
using Argosy.ControlPlane.Storage;
using Argosy.ControlPlane.Tests.Storage;

namespace Argosy.ControlPlane.Tests.Archive;

/// <summary>What the archive promises, whatever database it lies in.</summary>
public abstract class WorkflowArchiveTests : IAsyncLifetime
{
    private TestDatabase database = null!;
    private NodeStore nodes = null!;
    private WorkflowArchive archive = null!;

    internal abstract Task<TestDatabase> CreateDatabaseAsync();

    public async ValueTask InitializeAsync()
    {
        database = await CreateDatabaseAsync();
        await Migrations.ApplyAsync(database.Database, default);
        nodes = new NodeStore(database.Database);
        archive = new WorkflowArchive(database.Database, nodes);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await database.DisposeAsync();
    }

    [Fact]
    public async Task KeptWorkflow_IsFoundWhole_ByUidAndByName()
    {
        await archive.KeepAsync(Workflow("u1", "a", "2026-01-01T00:00:00Z", 3), default);

        var byUid = await archive.FindAsync("u1", default);
        Assert.Equal(3, byUid!["status"]!["nodes"]!.AsObject().Count);
        Assert.Equal("Persisted", (string?)byUid["metadata"]!["labels"]!["workflows.argoproj.io/workflow-archiving-status"]);
        Assert.True(JsonNode.DeepEquals(byUid, await archive.FindByNameAsync("default", "a", default)));
        Assert.Null(await archive.FindAsync("u2", default));
        Assert.Null(await archive.FindByNameAsync("other", "a", default));
    }

    [Fact]
    public async Task KeptTwice_IsThereOnce_AsItWasLast()
    {
        await archive.KeepAsync(Workflow("u1", "a", "2026-01-01T00:00:00Z", 3), default);
        var again = Workflow("u1", "a", "2026-01-01T00:00:00Z", 5);
        again["status"]!["phase"] = "Failed";
        await archive.KeepAsync(again, default);

        Assert.Equal("Failed", Assert.Single(await archive.ListAsync(null, null, default)).Phase);
        Assert.Equal(5, (await archive.FindAsync("u1", default))!["status"]!["nodes"]!.AsObject().Count);
    }

    [Fact]
    public async Task List_IsNewestFirst_BySelector_AndReadsNoNodes()
    {
        await archive.KeepAsync(Workflow("u1", "a", "2026-01-01T00:00:00Z", 3, ("team", "red")), default);
        await archive.KeepAsync(Workflow("u2", "b", "2026-01-02T00:00:00Z", 3, ("team", "blue")), default);
        await archive.KeepAsync(Workflow("u3", "b", "2026-01-03T00:00:00Z", 3, ("team", "red")), default);

        Assert.Equal(["u3", "u2", "u1"], (await archive.ListAsync("default", null, default)).Select(workflow => workflow.Uid));
        Assert.Equal(["u3", "u1"], (await archive.ListAsync(null, "team=red", default)).Select(workflow => workflow.Uid));
        Assert.Empty(await archive.ListAsync("other", null, default));
        Assert.Null((await archive.FindLightAsync("u3", default))!["status"]!["nodes"]);
        Assert.Equal(0, nodes.Reads);
        Assert.Equal("u3", (string?)(await archive.FindByNameAsync("default", "b", default))!["metadata"]!["uid"]);
    }

    [Fact]
    public async Task DeletedWorkflow_IsGone_AndItsNodesWithIt_UnlessItsObjectLives()
    {
        var live = Workflow("u1", "a", "2026-01-01T00:00:00Z", 3);
        await archive.KeepAsync(live, default);
        await nodes.OffloadAsync("u1", (JsonObject)live["status"]!, default);
        Assert.True(await archive.DeleteAsync("u1", keepsNodes: true, default));
        Assert.Equal(3, (await nodes.CompleteAsync(live, default))["status"]!["nodes"]!.AsObject().Count);

        Assert.False(await archive.DeleteAsync("u1", keepsNodes: false, default));
        Assert.Null((await nodes.CompleteAsync(live, default))["status"]!["nodes"]);
    }

    [Fact]
    public async Task TimeToLive_CountsFromTheEnd()
    {
        await archive.KeepAsync(Workflow("u1", "a", "2026-01-01T00:00:00Z", 1), default);

        Assert.Empty(await archive.EndedBeforeAsync(DateTimeOffset.Parse("2026-01-01T00:01:00Z", null), default));
        Assert.Equal(["u1"], await archive.EndedBeforeAsync(DateTimeOffset.Parse("2026-01-01T00:01:01Z", null), default));
    }

    // It ends a minute after it was created.
    private static JsonObject Workflow(string uid, string name, string created, int nodes, params (string Key, string Value)[] labels)
    {
        var workflow = (JsonObject)JsonNode.Parse($$"""
            {"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow","metadata":{"name":"{{name}}","namespace":"default","uid":"{{uid}}","creationTimestamp":"{{created}}","labels":{ } },
             "spec":{"entrypoint":"main"},"status":{"phase":"Succeeded","startedAt":"{{created}}","nodes":{ } } }
            """)!;
        workflow["status"]!["finishedAt"] = DateTimeOffset.Parse(created, null).AddMinutes(1).ToString("O");
        foreach (var (key, value) in labels)
        {
            workflow["metadata"]!["labels"]![key] = value;
        }

        for (var index = 0; index < nodes; index++)
        {
            workflow["status"]!["nodes"]![$"{name}-{index}"] = new JsonObject { ["name"] = $"{name}.{index}", ["phase"] = "Succeeded" };
        }

        return workflow;
    }
}

public sealed class SqliteWorkflowArchiveTests : WorkflowArchiveTests
{
    internal override Task<TestDatabase> CreateDatabaseAsync() => Task.FromResult(TestDatabase.Sqlite());
}

public sealed class PostgreSqlWorkflowArchiveTests(PostgreSqlServer server) : WorkflowArchiveTests
{
    internal override Task<TestDatabase> CreateDatabaseAsync() => TestDatabase.PostgreSqlAsync(server);
}
