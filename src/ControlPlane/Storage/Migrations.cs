using System.Data.Common;
using System.Reflection;

namespace Argosy.ControlPlane.Storage;

/// <summary>
/// Brings the hub's database to the newest schema: runs each embedded script <c>Storage/Migrations/PROVIDER/NNNN_name.sql</c> that the
/// table <c>schema_migrations</c> does not record, in order of number, each in a transaction of its own together with its record.
/// </summary>
public static class Migrations
{
    public static async Task ApplyAsync(HubDatabase database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await ExecuteAsync(
            connection, null, "CREATE TABLE IF NOT EXISTS schema_migrations (name VARCHAR(200) NOT NULL PRIMARY KEY)", null, cancellationToken);
        var applied = await ReadAppliedAsync(connection, cancellationToken);
        foreach (var (name, resource) in Scripts(database.Provider).Where(script => !applied.Contains(script.Name)))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await ExecuteAsync(connection, transaction, await ReadScriptAsync(resource, cancellationToken), null, cancellationToken);
            await ExecuteAsync(connection, transaction, "INSERT INTO schema_migrations (name) VALUES (@name)", name, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
    }

    private static IEnumerable<(string Name, string Resource)> Scripts(DatabaseProvider provider)
    {
        var folder = $"Migrations/{provider}/";
        return from resource in Assembly.GetExecutingAssembly().GetManifestResourceNames()
               where resource.StartsWith(folder, StringComparison.Ordinal)
               let name = Path.GetFileNameWithoutExtension(resource)
               orderby name
               select (name, resource);
    }

    private static async Task<HashSet<string>> ReadAppliedAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT name FROM schema_migrations";
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    private static async Task<string> ReadScriptAsync(string resource, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!);
        return await reader.ReadToEndAsync(cancellationToken);
    }

    private static async Task ExecuteAsync(
        DbConnection connection, DbTransaction? transaction, string sql, string? name, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // the text is an embedded script of this assembly
        command.CommandText = sql;
#pragma warning restore CA2100
        if (name is not null)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = "@name";
            parameter.Value = name;
            command.Parameters.Add(parameter);
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
