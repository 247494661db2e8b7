using System.Data.Common;
using Argosy.ControlPlane.Storage;
using Microsoft.Data.Sqlite;

namespace Argosy.ControlPlane.Journal;

/// <summary>SQLite: each order is a run of a prepared statement; there is no round trip to save, only the one sync at the commit.</summary>
internal sealed class SqliteJournalSession : JournalSession
{
    /// <summary>No other writer can come between the look and the insert: the transaction began as the only writer.</summary>
    private const string Append =
        """
        INSERT INTO journal_entries (workflow_uid, sequence, facts)
        SELECT @uid, @sequence, @facts
        WHERE @sequence = 1 + max(
            coalesce((SELECT max(sequence) FROM journal_entries WHERE workflow_uid = @uid), -1),
            coalesce((SELECT sequence FROM journal_snapshots WHERE workflow_uid = @uid), -1))
        """;

    private readonly Statement append;
    private readonly Statement saveSnapshot;
    private readonly Statement deleteCovered;
    private readonly Statement isCovered;
    private readonly Statement deleteEntries;
    private readonly Statement deleteSnapshot;

    public SqliteJournalSession(SqliteConnection connection)
        : base(connection)
    {
        append = new Statement(connection, Append, "uid", "sequence", "facts");
        saveSnapshot = new Statement(connection, JournalSql.SaveSnapshot, "uid", "sequence", "state");
        deleteCovered = new Statement(connection, JournalSql.DeleteCovered, "uid");
        isCovered = new Statement(connection, JournalSql.IsCovered, "uid", "sequence");
        deleteEntries = new Statement(connection, JournalSql.DeleteEntries, "uid");
        deleteSnapshot = new Statement(connection, JournalSql.DeleteSnapshot, "uid");
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var statement in (Statement[])[append, saveSnapshot, deleteCovered, isCovered, deleteEntries, deleteSnapshot])
        {
            statement.Dispose();
        }

        await base.DisposeAsync();
    }

    protected override Task WriteAsync(IReadOnlyList<JournalOrder> group, DbTransaction transaction, JournalRefusals refusals)
    {
        var current = (SqliteTransaction)transaction;
        foreach (var order in group)
        {
            if (!refusals.Extends(order) && !IsAccepted(order, current))
            {
                refusals.Add(order);
            }
        }

        return Task.CompletedTask;
    }

    private bool IsAccepted(JournalOrder order, SqliteTransaction transaction)
    {
        switch (order)
        {
            case AppendOrder batch:
                return append.Execute(transaction, batch.WorkflowUid, batch.Sequence, batch.Facts) == 1;
            case SnapshotOrder snapshot:
                saveSnapshot.Execute(transaction, snapshot.WorkflowUid, snapshot.Sequence, snapshot.State);
                deleteCovered.Execute(transaction, snapshot.WorkflowUid);
                return isCovered.HasRow(transaction, snapshot.WorkflowUid, snapshot.Sequence);
            default:
                deleteEntries.Execute(transaction, order.WorkflowUid);
                deleteSnapshot.Execute(transaction, order.WorkflowUid);
                return true;
        }
    }

    /// <summary>A statement compiled once and run with other values each time.</summary>
    private sealed class Statement : IDisposable
    {
        private readonly SqliteCommand command;
        private readonly DbParameter[] parameters;

        public Statement(SqliteConnection connection, string sql, params ReadOnlySpan<string> names)
        {
            command = connection.CreateCommand();
#pragma warning disable CA2100 // the texts are constants of this room
            command.CommandText = sql;
#pragma warning restore CA2100
            parameters = new DbParameter[names.Length];
            for (var i = 0; i < names.Length; i++)
            {
                parameters[i] = command.AddParameter(names[i]);
            }
        }

        public int Execute(SqliteTransaction transaction, params ReadOnlySpan<object> values)
        {
            Bind(transaction, values);
            return command.ExecuteNonQuery();
        }

        public bool HasRow(SqliteTransaction transaction, params ReadOnlySpan<object> values)
        {
            Bind(transaction, values);
            return command.ExecuteScalar() is not null;
        }

        public void Dispose() => command.Dispose();

        private void Bind(SqliteTransaction transaction, ReadOnlySpan<object> values)
        {
            command.Transaction = transaction;
            for (var i = 0; i < values.Length; i++)
            {
                parameters[i].Value = values[i];
            }
        }
    }
}
