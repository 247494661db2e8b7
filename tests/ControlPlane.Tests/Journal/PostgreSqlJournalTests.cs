using Argosy.ControlPlane.Journal;
using Argosy.ControlPlane.Storage;
using Argosy.ControlPlane.Tests.Storage;

namespace Argosy.ControlPlane.Tests.Journal;

public sealed class PostgreSqlJournalTests(PostgreSqlServer server) : JournalTests
{
    internal override Task<TestDatabase> CreateDatabaseAsync() => TestDatabase.PostgreSqlAsync(server);

    [Fact]
    public async Task DatabaseStoppedAndStarted_LosesNothingAcknowledged_AndTheJournalReconnects()
    {
        await using var ownServer = new PostgreSqlServer();
        await using var database = HubDatabase.PostgreSql(await ownServer.CreateDatabaseAsync());
        await Migrations.ApplyAsync(database, default);
        await using var journal = new WorkflowJournal(database);
        await journal.AppendAsync("w", 0, "before"u8.ToArray(), default);

        await ownServer.StopAsync();
        await Assert.ThrowsAsync<JournalUnavailableException>(() => journal.AppendAsync("w", 1, "during"u8.ToArray(), default));
        await ownServer.StartAsync();

        await journal.AppendAsync("w", 1, "after"u8.ToArray(), default);
        Assert.Equal(["before", "after"], Texts(await journal.ReadAsync("w", default)));
    }

    [Fact]
    public async Task ConnectionLostBetweenGroups_TheNextAppend_DoesNotNoticeIt()
    {
        await AppendAsync("w", 0, "before");
        await Database.ExecuteAsync(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");

        await AppendAsync("w", 1, "after");

        Assert.Equal(["before", "after"], Texts(await Journal.ReadAsync("w", default)));
    }
}
