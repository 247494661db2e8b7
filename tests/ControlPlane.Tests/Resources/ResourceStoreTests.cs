using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;
using Argosy.ControlPlane.Resources.Storing;
using Argosy.ControlPlane.Storage;
using Argosy.ControlPlane.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Argosy.ControlPlane.Tests.Resources;

/// <summary>What the store promises, on any database engine.</summary>
public abstract class ResourceStoreTests : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("argosy-store-");
    private TestDatabase database = null!;

    internal abstract Task<TestDatabase> CreateDatabaseAsync();

    public async ValueTask InitializeAsync()
    {
        database = await CreateDatabaseAsync();
        await Migrations.ApplyAsync(database.Database, default);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await database.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task StoredObject_AfterRestart_IsTheSame()
    {
        JsonObject created;
        await using (var store = await StartAsync())
        {
            created = await store.CreateAsync(Kinds.ConfigMap, "default", Manifest("a"), default);
        }

        await using var restarted = await StartAsync();
        var loaded = await restarted.FindAsync(Key("a"), default);
        Assert.True(JsonNode.DeepEquals(created, loaded));
    }

    [Fact]
    public async Task Versions_OverRestartsAndPublishes_NeverGoBack()
    {
        var seen = new List<long>();
        for (var life = 0; life < 3; life++)
        {
            await using var store = await StartAsync();
            await store.CreateAsync(Kinds.ConfigMap, "default", Manifest($"a{life}"), default);
            await store.PublishAsync(Key($"a{life}"), Change("shown"), default);
            seen.Add(VersionOf((await store.FindAsync(Key($"a{life}"), default))!));
        }

        Assert.Equal(seen.Order(), seen);
        Assert.Equal(3, seen.Distinct().Count());
    }

    [Fact]
    public async Task PublishedValue_IsSeenAtOnce_AndForgottenByARestart()
    {
        await using (var store = await StartAsync())
        {
            await store.CreateAsync(Kinds.ConfigMap, "default", Manifest("a"), default);
            await store.PublishAsync(Key("a"), Change("shown"), default);
            Assert.Equal("shown", (string?)(await store.FindAsync(Key("a"), default))!["data"]!["x"]);
        }

        await using var restarted = await StartAsync();
        Assert.Null((await restarted.FindAsync(Key("a"), default))!["data"]?["x"]);
    }

    [Fact]
    public async Task ManyWriters_OfOneObject_LoseNoChange()
    {
        await using var store = await StartAsync();
        await store.CreateAsync(Kinds.ConfigMap, "default", Manifest("a"), default);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(writer => store.ModifyAsync(
            Key("a"),
            copy =>
            {
                copy["data"]![$"k{writer}"] = "x";
                return true;
            },
            default)));
        Assert.Equal(50, (await store.FindAsync(Key("a"), default))!["data"]!.AsObject().Count);
    }

    [Fact]
    public async Task Observer_SeesEveryObjectAndThenEveryChange_InOrder()
    {
        await using var store = await StartAsync();
        await store.CreateAsync(Kinds.ConfigMap, "default", Manifest("a"), default);
        await using var changes = store.ObserveAsync(Kinds.ConfigMap, default).GetAsyncEnumerator();
        await changes.MoveNextAsync();
        Assert.Equal((ResourceChangeType.Added, "a"), (changes.Current.Type, changes.Current.Key.Name));

        await store.CreateAsync(Kinds.ConfigMap, "default", Manifest("b"), default);
        await store.ModifyAsync(Key("b"), Change("y"), default);
        await store.DeleteAsync(Key("a"), default);
        var seen = new List<(ResourceChangeType, string)>();
        var versions = new List<long>();
        while (seen.Count < 3)
        {
            await changes.MoveNextAsync();
            seen.Add((changes.Current.Type, changes.Current.Key.Name));
            versions.Add(changes.Current.ResourceVersion);
        }

        Assert.Equal([(ResourceChangeType.Added, "b"), (ResourceChangeType.Modified, "b"), (ResourceChangeType.Deleted, "a")], seen);
        Assert.Equal(versions.Order(), versions);
    }

    [Fact]
    public async Task View_IsRenderedOnce_WhenSomeoneLooks()
    {
        await using var store = await StartAsync();
        var renderings = 0;
        var key = new ResourceKey(Kinds.Pod, "default", "p");
        store.ShowView(key, new Dictionary<string, string> { ["a"] = "b" }, () =>
        {
            renderings++;
            return new JsonObject { ["status"] = new JsonObject { ["phase"] = "Running" } };
        });
        await store.CreateAsync(Kinds.ConfigMap, "default", Manifest("after"), default);
        Assert.Equal(0, renderings);
        var listed = Assert.Single(await store.ListAsync(Kinds.Pod, "default", "a=b", default));
        await store.FindAsync(key, default);
        Assert.Equal(1, renderings);
        Assert.Equal(("p", "b"), ((string?)listed["metadata"]!["name"], (string?)listed["metadata"]!["labels"]!["a"]));
        store.WithdrawView(key);
        await store.CreateAsync(Kinds.ConfigMap, "default", Manifest("later"), default);
        Assert.Null(await store.FindAsync(key, default));
    }

    [Fact]
    public async Task Secret_AtRest_IsUnreadable()
    {
        await using var store = await StartAsync();
        var secret = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "s" },
            ["stringData"] = new JsonObject { ["password"] = "correct horse" },
        };
        await store.CreateAsync(Kinds.Secret, "default", secret, default);
        await using var connection = await database.Database.OpenAsync(default);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT json FROM objects WHERE kind = 'secrets'";
        var row = (string)(await command.ExecuteScalarAsync())!;
        Assert.DoesNotContain("password", row, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String("correct horse"u8), row, StringComparison.Ordinal);
        await using var restarted = await StartAsync();
        var read = await restarted.FindAsync(new ResourceKey(Kinds.Secret, "default", "s"), default);
        Assert.Equal(Convert.ToBase64String("correct horse"u8), (string?)read!["data"]!["password"]);
    }

    [Fact]
    public async Task HalfDeletedNamespace_AfterRestart_IsGone()
    {
        await using (var store = await StartAsync())
        {
            await store.CreateAsync(Kinds.Namespace, null, new JsonObject { ["metadata"] = new JsonObject { ["name"] = "team" } }, default);
            await store.CreateAsync(Kinds.ConfigMap, "team", Manifest("a"), default);
            await using var connection = await database.Database.OpenAsync(default);
            await using var command = connection.CreateCommand();
            command.CommandText =
                """
                UPDATE objects SET json = replace(json, '"generation":1', '"generation":1,"deletionTimestamp":"2026-01-01T00:00:00Z"')
                WHERE kind = 'namespaces' AND name = 'team'
                """;
            Assert.Equal(1, await command.ExecuteNonQueryAsync());
        }

        await using var restarted = await StartAsync();
        Assert.Null(await restarted.FindAsync(new ResourceKey(Kinds.Namespace, null, "team"), default));
        Assert.Null(await restarted.FindAsync(new ResourceKey(Kinds.ConfigMap, "team", "a"), default));
    }

    private async Task<ResourceStore> StartAsync()
    {
        var store = new ResourceStore(
            database.Database,
            SecretBox.Open(Path.Combine(folder.FullName, "secrets.key")),
            new ResourceOptions(),
            () => [],
            TimeProvider.System,
            NullLogger<ResourceStore>.Instance);
        await store.StartAsync();
        return store;
    }

    private static ResourceKey Key(string name) => new(Kinds.ConfigMap, "default", name);

    private static JsonObject Manifest(string name) =>
        new() { ["metadata"] = new JsonObject { ["name"] = name }, ["data"] = new JsonObject() };

    private static Func<JsonObject, bool> Change(string value) => copy =>
    {
        copy["data"]!["x"] = value;
        return true;
    };

    private static long VersionOf(JsonObject value) => long.Parse((string)value["metadata"]!["resourceVersion"]!);
}

public sealed class SqliteResourceStoreTests : ResourceStoreTests
{
    internal override Task<TestDatabase> CreateDatabaseAsync() => Task.FromResult(TestDatabase.Sqlite());
}

public sealed class PostgreSqlResourceStoreTests(PostgreSqlServer server) : ResourceStoreTests
{
    internal override Task<TestDatabase> CreateDatabaseAsync() => TestDatabase.PostgreSqlAsync(server);
}
