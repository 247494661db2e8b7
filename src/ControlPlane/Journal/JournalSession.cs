using System.Data;
using System.Data.Common;
using Argosy.ControlPlane.Storage;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Argosy.ControlPlane.Journal;

/// <summary>The writer's connection with its prepared statements. After a failure it is closed and another one opened.</summary>
internal abstract class JournalSession(DbConnection connection) : IAsyncDisposable
{
    private bool committing;

    /// <summary>Whether a failed group is certainly not stored and the connection was the cause, so that another one may do better.</summary>
    public bool LostBeforeCommit => !committing && connection.State != ConnectionState.Open;

    public static async Task<JournalSession> OpenAsync(HubDatabase database)
    {
        var connection = await database.OpenAsync(CancellationToken.None);
        return database.Provider switch
        {
            DatabaseProvider.Sqlite => new SqliteJournalSession((SqliteConnection)connection),
            DatabaseProvider.PostgreSql => new PostgreSqlJournalSession((NpgsqlConnection)connection),
        };
    }

    /// <summary>
    /// Carries out the group in one transaction, the orders of each workflow in their order. Returns those refused; the others are
    /// durable. Where it throws, none is, except if the commit itself failed: then nobody knows.
    /// </summary>
    public async Task<IReadOnlySet<JournalOrder>> CommitAsync(IReadOnlyList<JournalOrder> group)
    {
        committing = false;
        await using var transaction = await connection.BeginTransactionAsync();
        var refusals = new JournalRefusals();
        await WriteAsync(group, transaction, refusals);
        committing = true;
        await transaction.CommitAsync();
        return refusals.Orders;
    }

    public virtual async ValueTask DisposeAsync() => await connection.DisposeAsync();

    protected abstract Task WriteAsync(IReadOnlyList<JournalOrder> group, DbTransaction transaction, JournalRefusals refusals);
}

/// <summary>
/// What a group's transaction did not accept. A refusal holds for the rest of the workflow's orders that build on a state: number n+1 of
/// a writer whose n was refused would follow another writer's n, which it has never seen.
/// </summary>
internal sealed class JournalRefusals
{
    private readonly HashSet<JournalOrder> orders = [];
    private readonly HashSet<string> workflows = [];

    public IReadOnlySet<JournalOrder> Orders => orders;

    public void Add(JournalOrder order)
    {
        orders.Add(order);
        workflows.Add(order.WorkflowUid);
    }

    /// <summary>Refuses the order if an earlier one of its workflow was refused.</summary>
    public bool Extends(JournalOrder order)
    {
        if (!order.BuildsOnState || !workflows.Contains(order.WorkflowUid))
        {
            return false;
        }

        orders.Add(order);
        return true;
    }
}
