using System.Globalization;
using Argosy.ControlPlane.Storage;

namespace Argosy.ControlPlane.Synchronization;

/// <summary>How many may hold each database semaphore: the table <c>sync_limit</c>.</summary>
internal sealed class SyncLimitStore(HubDatabase database)
{
    public async Task<int?> FindAsync(string @namespace, string key, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT sizelimit FROM sync_limit WHERE name = @name";
        command.AddParameter("name", Name(@namespace, key));
        return await command.ExecuteScalarAsync(cancellationToken) is { } limit and not DBNull ? Convert.ToInt32(limit, CultureInfo.InvariantCulture) : null;
    }

    /// <returns>False when there is one already.</returns>
    public Task<bool> CreateAsync(string @namespace, string key, int limit, CancellationToken cancellationToken) =>
        ChangeAsync("INSERT INTO sync_limit (name, sizelimit) VALUES (@name, @limit) ON CONFLICT (name) DO NOTHING", @namespace, key, limit, cancellationToken);

    /// <returns>False when there is none.</returns>
    public Task<bool> UpdateAsync(string @namespace, string key, int limit, CancellationToken cancellationToken) =>
        ChangeAsync("UPDATE sync_limit SET sizelimit = @limit WHERE name = @name", @namespace, key, limit, cancellationToken);

    /// <returns>False when there was none.</returns>
    public Task<bool> DeleteAsync(string @namespace, string key, CancellationToken cancellationToken) =>
        ChangeAsync("DELETE FROM sync_limit WHERE name = @name", @namespace, key, null, cancellationToken);

    private async Task<bool> ChangeAsync(string sql, string @namespace, string key, int? limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        using var turn = await database.TakeWriteTurnAsync(cancellationToken);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the three texts above
        command.CommandText = sql;
#pragma warning restore CA2100
        command.AddParameter("name", Name(@namespace, key));
        if (limit is { } size)
        {
            command.AddParameter("limit", size);
        }

        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    private static string Name(string @namespace, string key) => $"{@namespace}/{key}";
}
