using Argosy.ControlPlane.Storage;

namespace Argosy.ControlPlane.Tests.Storage;

public abstract class MigrationsTests : IAsyncLifetime
{
    private TestDatabase database = null!;

    internal abstract Task<TestDatabase> CreateDatabaseAsync();

    public async ValueTask InitializeAsync() => database = await CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await database.DisposeAsync();
    }

    [Fact]
    public async Task EmptyDatabase_Applying_RecordsEveryMigrationInOrder()
    {
        await Migrations.ApplyAsync(database.Database, default);

        var known = Migration.Of(database.Database.Provider).Select(migration => (migration.Version, migration.Name));
        Assert.Equal(known, await AppliedAsync());
    }

    [Fact]
    public async Task CurrentDatabase_ApplyingAgain_ChangesNothing()
    {
        await Migrations.ApplyAsync(database.Database, default);
        var before = await AppliedAsync();

        await Migrations.ApplyAsync(database.Database, default);

        Assert.Equal(before, await AppliedAsync());
    }

    [Fact]
    public async Task EightProcesses_StartingAtOnce_MigrateOnce()
    {
        var processes = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            await using var process = database.OpenAgain();
            await Migrations.ApplyAsync(process, default);
        }));

        await Task.WhenAll(processes);

        Assert.Equal(Migration.Of(database.Database.Provider).Count, (await AppliedAsync()).Count);
    }

    [Fact]
    public async Task DatabaseOfANewerProgram_Applying_IsRefusedWithBothVersions()
    {
        await Migrations.ApplyAsync(database.Database, default);
        await database.ExecuteAsync("INSERT INTO schema_migrations (version, name) VALUES (9000, '9000_later')");

        var refusal = await Assert.ThrowsAsync<SchemaTooNewException>(() => Migrations.ApplyAsync(database.Database, default));

        Assert.Contains("9000", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("newer program", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FailingMigration_Applying_LeavesNothingBehind()
    {
        await database.ExecuteAsync("CREATE TABLE journal_snapshots (in_the_way integer)");

        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => Migrations.ApplyAsync(database.Database, default));

        await database.ExecuteAsync("DROP TABLE journal_snapshots");
        await Migrations.ApplyAsync(database.Database, default);
        Assert.NotEmpty(await AppliedAsync());
    }

    private async Task<List<(int Version, string Name)>> AppliedAsync()
    {
        await using var connection = await database.Database.OpenAsync(default);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT version, name FROM schema_migrations ORDER BY version";
        await using var rows = await command.ExecuteReaderAsync();
        var applied = new List<(int, string)>();
        while (await rows.ReadAsync())
        {
            applied.Add((rows.GetInt32(0), rows.GetString(1)));
        }

        return applied;
    }
}

public sealed class SqliteMigrationsTests : MigrationsTests
{
    internal override Task<TestDatabase> CreateDatabaseAsync() => Task.FromResult(TestDatabase.Sqlite());
}

public sealed class PostgreSqlMigrationsTests(PostgreSqlServer server) : MigrationsTests
{
    internal override Task<TestDatabase> CreateDatabaseAsync() => TestDatabase.PostgreSqlAsync(server);
}
