using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Argosy.ControlPlane.Storage;

/// <summary>The database engines the hub keeps its truth in.</summary>
public enum DatabaseProvider
{
    Sqlite,
    PostgreSql,
}

/// <summary>
/// The hub's one database: SQLite in the data directory by default, PostgreSQL where a connection string names one.
/// </summary>
public sealed class HubDatabase : IAsyncDisposable
{
    private readonly NpgsqlDataSource? postgres;
    private readonly SemaphoreSlim writing = new(1);
    private readonly string connectionString;

    private HubDatabase(DatabaseProvider provider, string connectionString)
    {
        Provider = provider;
        this.connectionString = connectionString;
        postgres = provider == DatabaseProvider.PostgreSql ? NpgsqlDataSource.Create(connectionString) : null;
    }

    public DatabaseProvider Provider { get; }

    /// <summary>The connection string; it may hold a password, so it must not be logged.</summary>
    public string ConnectionString => connectionString;

    /// <summary>A database in one file, in write-ahead mode; the file and its folder are made when first opened.</summary>
    public static HubDatabase Sqlite(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var builder = new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 30 };
        return new HubDatabase(DatabaseProvider.Sqlite, builder.ToString());
    }

    /// <summary>A PostgreSQL database, by Npgsql connection string.</summary>
    public static HubDatabase PostgreSql(string connectionString) => new(DatabaseProvider.PostgreSql, connectionString);

    /// <summary>Opens a connection, ready for use (on SQLite: WAL, full durability, foreign keys on).</summary>
    public async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        if (postgres is not null)
        {
            return await postgres.OpenConnectionAsync(cancellationToken);
        }

        var connection = new SqliteConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var pragma = connection.CreateCommand();
        pragma.CommandText = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=30000; PRAGMA foreign_keys=ON;";
        await pragma.ExecuteNonQueryAsync(cancellationToken);
        return connection;
    }

    /// <summary>
    /// Waits for the turn to write; disposing the answer passes it on. SQLite takes one writer at a time, and one that finds it taken
    /// sleeps for milliseconds before it looks again; here it is woken. PostgreSQL needs no turns.
    /// </summary>
    internal async ValueTask<WriteTurn> TakeWriteTurnAsync(CancellationToken cancellationToken)
    {
        if (postgres is not null)
        {
            return default;
        }

        await writing.WaitAsync(cancellationToken);
        return new WriteTurn(writing);
    }

    public async ValueTask DisposeAsync()
    {
        writing.Dispose();
        if (postgres is not null)
        {
            await postgres.DisposeAsync();
        }
    }
}

/// <summary>The right to write to the database now.</summary>
internal readonly struct WriteTurn(SemaphoreSlim? held) : IDisposable
{
    public void Dispose() => held?.Release();
}
