using Argosy.ControlPlane.Joining;
using Argosy.ControlPlane.Storage;
using Argosy.ControlPlane.Tests.Storage;

namespace Argosy.ControlPlane.Tests.Joining;

/// <summary>What the store of identities promises, whatever database it lies in.</summary>
public abstract class IdentityStoreTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Membership Gpu = new("uid", "gpu", "member");

    private TestDatabase database = null!;
    private IdentityStore store = null!;

    internal abstract Task<TestDatabase> CreateDatabaseAsync();

    public async ValueTask InitializeAsync()
    {
        database = await CreateDatabaseAsync();
        await Migrations.ApplyAsync(database.Database, default);
        store = new IdentityStore(database.Database);
        await store.SaveTicketAsync("ticket", "uid", Now.AddMinutes(30), Now, default);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await database.DisposeAsync();
    }

    [Fact]
    public async Task Ticket_SpentByManyAtOnce_IsSpentByOne()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(rival => AdmitAsync($"key{rival}", $"serial{rival}")));

        Assert.Equal(1, outcomes.Count(outcome => outcome == Admission.Admitted));
        Assert.Equal(7, outcomes.Count(outcome => outcome == Admission.TicketSpent));
        var kept = await Task.WhenAll(Enumerable.Range(0, 8).Select(rival => store.FindCertificateAsync($"serial{rival}", default)));
        Assert.Single(kept, certificate => certificate is not null);
    }

    [Fact]
    public async Task Ticket_SpentAgainForTheSameKey_IsTheSameSpending()
    {
        Assert.Equal(Admission.Admitted, await AdmitAsync("key", "1"));
        Assert.Equal(Admission.Admitted, await AdmitAsync("key", "2"));
        Assert.Equal("key", (await store.FindTicketAsync("ticket", default))!.UsedBy);
    }

    [Fact]
    public async Task Ticket_ThatIsExpiredVoidOrOfAnother_IsNotSpent()
    {
        Assert.Equal(Admission.TicketSpent, await AdmitAsync("key", "1", now: Now.AddMinutes(30)));
        Assert.Equal(Admission.TicketSpent, await AdmitAsync("key", "2", Gpu with { ClusterUid = "uid2" }));
        await store.SaveTicketAsync("newer", "uid", Now.AddMinutes(30), Now, default);
        Assert.Equal(Admission.TicketSpent, await AdmitAsync("key", "3"));
        Assert.Null((await store.FindTicketAsync("newer", default))!.UsedBy);
    }

    [Fact]
    public async Task OtherMember_IsNotAdmitted_AndSpendsNothing_UntilTheFirstIsRevoked()
    {
        await AdmitAsync("key", "1");
        await store.SaveTicketAsync("second", "uid", Now.AddMinutes(30), Now, default);
        Assert.Equal(Admission.OtherMember, await AdmitAsync("other", "2", Gpu with { MemberUid = "elsewhere" }, ticket: "second"));
        Assert.Null((await store.FindTicketAsync("second", default))!.UsedBy);
        Assert.Null(await store.FindCertificateAsync("2", default));
        Assert.Equal("member", await store.FindMemberAsync("uid", default));

        await store.RevokeAsync("uid", Now, default);
        await store.SaveTicketAsync("third", "uid", Now.AddMinutes(30), Now, default);
        Assert.Equal(Admission.Admitted, await AdmitAsync("other", "3", Gpu with { MemberUid = "elsewhere" }, ticket: "third"));
    }

    [Fact]
    public async Task Revocation_ReadByAnotherProcess_CoversEveryCertificateOfTheCluster_AndNoOther()
    {
        await AdmitAsync("key", "1");
        Assert.True(await store.RenewAsync("1", new StoredCertificate("2", "uid", Now.AddHours(24)), Now, default));
        await store.SaveTicketAsync("ticket2", "uid2", Now.AddMinutes(30), Now, default);
        await AdmitAsync("key", "3", new Membership("uid2", "gpu2", "member2"), "ticket2");
        await store.RevokeAsync("uid", Now, default);

        await using var again = database.OpenAgain();
        var other = new IdentityStore(again);
        var revoked = await RevokedAsync(other, "1", "2", "3");
        Assert.Equal(new[] { true, true, false }, revoked);
        Assert.False(await other.RenewAsync("2", new StoredCertificate("4", "uid", Now.AddHours(24)), Now, default));
        Assert.Null(await other.FindCertificateAsync("4", default));
    }

    [Fact]
    public async Task Renewal_UnderAnothersName_IsNone()
    {
        await AdmitAsync("key", "1");

        Assert.False(await store.RenewAsync("1", new StoredCertificate("2", "uid2", Now.AddHours(24)), Now, default));
        Assert.False(await store.RenewAsync("unknown", new StoredCertificate("3", "uid", Now.AddHours(24)), Now, default));
    }

    private static async Task<bool[]> RevokedAsync(IdentityStore store, params string[] serials) =>
        [.. (await Task.WhenAll(serials.Select(serial => store.FindCertificateAsync(serial, default)))).Select(known => known!.IsRevoked)];

    private Task<Admission> AdmitAsync(
        string key, string serial, Membership? membership = null, string ticket = "ticket", DateTimeOffset? now = null)
    {
        var of = membership ?? Gpu;
        return store.AdmitAsync(ticket, key, of, new StoredCertificate(serial, of.ClusterUid, Now.AddHours(24)), now ?? Now, default);
    }
}

public sealed class SqliteIdentityStoreTests : IdentityStoreTests
{
    internal override Task<TestDatabase> CreateDatabaseAsync() => Task.FromResult(TestDatabase.Sqlite());
}

public sealed class PostgreSqlIdentityStoreTests(PostgreSqlServer server) : IdentityStoreTests
{
    internal override Task<TestDatabase> CreateDatabaseAsync() => TestDatabase.PostgreSqlAsync(server);
}
