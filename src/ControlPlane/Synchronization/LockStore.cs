using System.Data.Common;
using Argosy.ControlPlane.Storage;
using Argosy.Engine.Synchronization;

namespace Argosy.ControlPlane.Synchronization;

/// <summary>The locks that are held, at rest.</summary>
internal sealed class LockStore(HubDatabase database)
{
    /// <summary>Every claim that is held. Age and priority matter only to those who wait, and are not kept.</summary>
    public async Task<IReadOnlyList<LockClaim>> LoadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT workflow_uid, ticket, kind, namespace, name, key, holder FROM lock_holds";
        List<(ClaimId Id, string Holder, LockName Lock)> rows = [];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var key = reader.GetString(5);
            rows.Add((
                new ClaimId(reader.GetString(0), reader.GetInt64(1)),
                reader.GetString(6),
                new LockName(reader.GetString(3), Enum.Parse<LockKind>(reader.GetString(2)), reader.GetString(4), key.Length > 0 ? key : null)));
        }

        return
        [
            .. rows.GroupBy(row => (row.Id, row.Holder))
                .Select(claim => new LockClaim(claim.Key.Id, claim.Key.Holder, [.. claim.Select(row => row.Lock)], 0, default)),
        ];
    }

    /// <summary>Makes all of it durable or none. Repeating it changes nothing.</summary>
    public async Task CommitAsync(IReadOnlyCollection<LockClaim> granted, IReadOnlyCollection<ClaimId> freed, CancellationToken cancellationToken)
    {
        if (granted.Count + freed.Count == 0)
        {
            return;
        }

        await using var connection = await database.OpenAsync(cancellationToken);
        using var turn = await database.TakeWriteTurnAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await DeleteAsync(connection, transaction, freed, cancellationToken);
        await InsertAsync(connection, transaction, granted, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task DeleteAsync(DbConnection connection, DbTransaction transaction, IReadOnlyCollection<ClaimId> freed, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "DELETE FROM lock_holds WHERE workflow_uid = @uid AND ticket = @ticket";
        var (uid, ticket) = (command.AddParameter("uid"), command.AddParameter("ticket"));
        foreach (var id in freed)
        {
            (uid.Value, ticket.Value) = (id.WorkflowUid, id.Ticket);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static async Task InsertAsync(DbConnection connection, DbTransaction transaction, IReadOnlyCollection<LockClaim> granted, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = """
            INSERT INTO lock_holds (workflow_uid, ticket, kind, namespace, name, key, holder)
            VALUES (@uid, @ticket, @kind, @namespace, @name, @key, @holder)
            ON CONFLICT (workflow_uid, ticket, kind, namespace, name, key) DO NOTHING
            """;
        var (uid, ticket, holder) = (command.AddParameter("uid"), command.AddParameter("ticket"), command.AddParameter("holder"));
        var (kind, at, name, key) = (command.AddParameter("kind"), command.AddParameter("namespace"), command.AddParameter("name"), command.AddParameter("key"));
        foreach (var claim in granted)
        {
            (uid.Value, ticket.Value, holder.Value) = (claim.Id.WorkflowUid, claim.Id.Ticket, claim.Holder);
            foreach (var held in claim.Locks)
            {
                (kind.Value, at.Value, name.Value, key.Value) = (held.Kind.ToString(), held.Namespace, held.Name, held.Key ?? "");
                await command.ExecuteNonQueryAsync(cancellationToken);
            }
        }
    }
}
