using Argosy.ControlPlane.Storage;
using Microsoft.Data.Sqlite;

namespace Argosy.ControlPlane.Tests.Storage;

/// <summary>One empty database for one test: a SQLite file in a temporary folder, or a database of the tests' PostgreSQL.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private readonly DirectoryInfo? folder;

    private TestDatabase(HubDatabase database, DirectoryInfo? folder)
    {
        Database = database;
        this.folder = folder;
    }

    public HubDatabase Database { get; }

    /// <summary>Where the SQLite file and its companions lie.</summary>
    public string Folder => folder!.FullName;

    public static TestDatabase Sqlite()
    {
        var folder = Directory.CreateTempSubdirectory("argosy-sqlite-");
        return new TestDatabase(HubDatabase.Sqlite(Path.Combine(folder.FullName, "hub.db")), folder);
    }

    public static async Task<TestDatabase> PostgreSqlAsync(PostgreSqlServer server) =>
        new(HubDatabase.PostgreSql(await server.CreateDatabaseAsync()), folder: null);

    /// <summary>Another process's view of the same database.</summary>
    public HubDatabase OpenAgain() => Database.Provider == DatabaseProvider.Sqlite
        ? HubDatabase.Sqlite(Path.Combine(Folder, "hub.db"))
        : HubDatabase.PostgreSql(Database.ConnectionString);

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await Database.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the tests' own texts
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>
    /// Holds every writer of the journal until disposed. On SQLite the begun transaction is the lock; closing the connection ends it.
    /// </summary>
    public async Task<IAsyncDisposable> HoldWritersAsync()
    {
        var connection = await Database.OpenAsync(TestContext.Current.CancellationToken);
        var transaction = await connection.BeginTransactionAsync();
        if (Database.Provider == DatabaseProvider.PostgreSql)
        {
            await using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = "LOCK TABLE journal_entries IN EXCLUSIVE MODE";
            await command.ExecuteNonQueryAsync();
        }

        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        if (folder is not null)
        {
            using (var pool = new SqliteConnection(Database.ConnectionString))
            {
                SqliteConnection.ClearPool(pool);
            }

            folder.Delete(recursive: true);
        }
    }
}
