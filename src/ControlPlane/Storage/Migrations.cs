using System.Data.Common;
using System.Globalization;

namespace Argosy.ControlPlane.Storage;

/// <summary>
/// Brings a database to the schema this program was built for. What was applied is recorded in the table <c>schema_migrations</c>.
/// </summary>
public static class Migrations
{
    /// <summary>Any number will do as long as all versions of the program use the same: it names the lock on the schema.</summary>
    private const long SchemaLock = 0x4172_676F_7379;

    /// <summary>
    /// Applies what is missing, in order and in one transaction. Safe to call from several starting processes at once: one works, the
    /// others wait for it and find nothing left to do.
    /// </summary>
    /// <exception cref="SchemaTooNewException">A newer program has already changed this database.</exception>
    public static async Task ApplyAsync(HubDatabase database, CancellationToken cancellationToken)
    {
        var known = Migration.Of(database.Provider);
        await using var connection = await database.OpenAsync(cancellationToken);
        // On SQLite this is BEGIN IMMEDIATE: the transaction itself is the lock.
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var schema = new Schema(connection, transaction);
        if (database.Provider == DatabaseProvider.PostgreSql)
        {
            await schema.ExecuteAsync($"SELECT pg_advisory_xact_lock({SchemaLock})", cancellationToken);
        }

        var version = await schema.VersionAsync(cancellationToken);
        if (version > known[^1].Version)
        {
            throw new SchemaTooNewException(version, known[^1].Version);
        }

        foreach (var migration in known.Where(migration => migration.Version > version))
        {
            await schema.ApplyAsync(migration, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private sealed class Schema(DbConnection connection, DbTransaction transaction)
    {
        public async Task<int> VersionAsync(CancellationToken cancellationToken)
        {
            await ExecuteAsync(
                "CREATE TABLE IF NOT EXISTS schema_migrations (version integer PRIMARY KEY, name text NOT NULL)", cancellationToken);
            await using var command = Command("SELECT coalesce(max(version), 0) FROM schema_migrations");
            return Convert.ToInt32(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
        }

        public async Task ApplyAsync(Migration migration, CancellationToken cancellationToken)
        {
            await ExecuteAsync(migration.Sql, cancellationToken);
            await using var record = Command("INSERT INTO schema_migrations (version, name) VALUES (@version, @name)");
            record.AddParameter("version", migration.Version);
            record.AddParameter("name", migration.Name);
            await record.ExecuteNonQueryAsync(cancellationToken);
        }

        public async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
        {
            await using var command = Command(sql);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        private DbCommand Command(string sql)
        {
            var command = connection.CreateCommand();
            command.Transaction = transaction;
#pragma warning disable CA2100 // the texts are this program's own: embedded files and the constants above
            command.CommandText = sql;
#pragma warning restore CA2100
            return command;
        }
    }
}

/// <summary>The database was already changed by a newer program; working on it with this one could damage it.</summary>
public sealed class SchemaTooNewException(int found, int known)
    : Exception($"the database has schema version {found}, this program knows versions up to {known}: "
        + "start the newer program again, or restore a backup made before the upgrade");
