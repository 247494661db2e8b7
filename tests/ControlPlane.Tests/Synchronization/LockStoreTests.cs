using Argosy.ControlPlane.Storage;
using Argosy.ControlPlane.Synchronization;
using Argosy.ControlPlane.Tests.Storage;
using Argosy.Engine.Synchronization;

namespace Argosy.ControlPlane.Tests.Synchronization;

/// <summary>What the stores of locks and limits promise, whatever database they lie in.</summary>
public abstract class LockStoreTests : IAsyncLifetime
{
    private static readonly LockName Mutex = new("default", LockKind.Mutex, "m", null);
    private static readonly LockName Map = new("other", LockKind.ConfigMapSemaphore, "map", "key");

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
    }

    private static LockClaim Claim(string uid, long ticket, params LockName[] locks) => new(new ClaimId(uid, ticket), $"default/{uid}", locks, 7, DateTimeOffset.UnixEpoch);

    [Fact]
    public async Task GrantedClaims_ReadByAnotherProcess_AreThere_UntilTheyAreFreed()
    {
        var store = new LockStore(database.Database);
        await store.CommitAsync([Claim("a", 0, Mutex, Map), Claim("a", 1, Map), Claim("b", 0, Mutex)], [], default);
        await store.CommitAsync([], [new ClaimId("a", 1), new ClaimId("unknown", 0)], default);

        await using var again = database.OpenAgain();
        var held = await new LockStore(again).LoadAsync(default);
        Assert.Equal(
            ["a 0 default/a default/Mutex/m other/ConfigMap/map/key", "b 0 default/b default/Mutex/m"],
            held.Select(claim => $"{claim.Id.WorkflowUid} {claim.Id.Ticket} {claim.Holder} {string.Join(' ', claim.Locks.Select(name => name.ToString()).Order(StringComparer.Ordinal))}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task SameGrant_CommittedTwice_IsOne()
    {
        var store = new LockStore(database.Database);
        await store.CommitAsync([Claim("a", 0, Mutex)], [], default);
        await store.CommitAsync([Claim("a", 0, Mutex)], [], default);

        Assert.Equal(Mutex, Assert.Single(Assert.Single(await store.LoadAsync(default)).Locks));
    }

    [Fact]
    public async Task Limits_AreCreatedChangedAndDeletedOnce()
    {
        var limits = new SyncLimitStore(database.Database);
        Assert.Null(await limits.FindAsync("default", "k", default));
        Assert.False(await limits.UpdateAsync("default", "k", 2, default));
        Assert.True(await limits.CreateAsync("default", "k", 2, default));
        Assert.False(await limits.CreateAsync("default", "k", 3, default));
        Assert.Equal(2, await limits.FindAsync("default", "k", default));
        Assert.Null(await limits.FindAsync("other", "k", default));
        Assert.True(await limits.UpdateAsync("default", "k", 5, default));
        Assert.Equal(5, await limits.FindAsync("default", "k", default));
        Assert.True(await limits.DeleteAsync("default", "k", default));
        Assert.False(await limits.DeleteAsync("default", "k", default));
    }
}

public sealed class SqliteLockStoreTests : LockStoreTests
{
    internal override Task<TestDatabase> CreateDatabaseAsync() => Task.FromResult(TestDatabase.Sqlite());
}

public sealed class PostgreSqlLockStoreTests(PostgreSqlServer server) : LockStoreTests
{
    internal override Task<TestDatabase> CreateDatabaseAsync() => TestDatabase.PostgreSqlAsync(server);
}
