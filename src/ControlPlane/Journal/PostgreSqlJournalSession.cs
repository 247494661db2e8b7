using System.Data.Common;
using Npgsql;
using NpgsqlTypes;

namespace Argosy.ControlPlane.Journal;

/// <summary>PostgreSQL: a whole group is (nearly always) one round trip of prepared statements, and one more for the commit.</summary>
internal sealed class PostgreSqlJournalSession(NpgsqlConnection connection) : JournalSession(connection)
{
    /// <summary>
    /// Inserts the batches that follow their journals and returns their workflows. Another hub may append the same number between the
    /// look and the insert: then the primary key refuses ours. In the order of the key, so that two hubs cannot deadlock.
    /// </summary>
    private const string Append =
        """
        INSERT INTO journal_entries (workflow_uid, sequence, facts)
        SELECT batch.workflow_uid, batch.sequence, batch.facts
        FROM unnest($1, $2, $3) AS batch (workflow_uid, sequence, facts)
        WHERE batch.sequence = 1 + greatest(
            (SELECT max(sequence) FROM journal_entries WHERE workflow_uid = batch.workflow_uid COLLATE "C"),
            (SELECT sequence FROM journal_snapshots WHERE workflow_uid = batch.workflow_uid COLLATE "C"),
            -1)
        ORDER BY batch.workflow_uid COLLATE "C"
        ON CONFLICT DO NOTHING
        RETURNING workflow_uid
        """;

    /// <summary>
    /// Takes back what a snapshot covers. This only finds a row where another hub appended our number *and* saved a snapshot over it after
    /// our statement had looked: the key was free again then. From our insert on nobody else can do that, so this look is the last one
    /// needed.
    /// </summary>
    private const string TakeBackCovered =
        """
        DELETE FROM journal_entries AS entry
        USING unnest($1, $2) AS batch (workflow_uid, sequence), journal_snapshots AS snapshot
        WHERE entry.workflow_uid = batch.workflow_uid COLLATE "C" AND entry.sequence = batch.sequence
            AND snapshot.workflow_uid = batch.workflow_uid COLLATE "C" AND snapshot.sequence >= batch.sequence
        RETURNING entry.workflow_uid
        """;

    protected override async Task WriteAsync(IReadOnlyList<JournalOrder> group, DbTransaction transaction, JournalRefusals refusals)
    {
        foreach (var round in Rounds(group))
        {
            var orders = round.Where(order => !refusals.Extends(order)).ToList();
            if (orders.Count > 0)
            {
                await WriteRoundAsync(orders, (NpgsqlTransaction)transaction, refusals);
            }
        }
    }

    /// <summary>
    /// Splits the group so that no round holds two orders of one workflow. Within a round the order does not matter; most groups are one
    /// round.
    /// </summary>
    private static List<List<JournalOrder>> Rounds(IReadOnlyList<JournalOrder> group)
    {
        var rounds = new List<List<JournalOrder>>();
        var seen = new Dictionary<string, int>(group.Count);
        foreach (var order in group)
        {
            var round = seen.GetValueOrDefault(order.WorkflowUid);
            seen[order.WorkflowUid] = round + 1;
            if (round == rounds.Count)
            {
                rounds.Add([]);
            }

            rounds[round].Add(order);
        }

        return rounds;
    }

    private async Task WriteRoundAsync(List<JournalOrder> orders, NpgsqlTransaction transaction, JournalRefusals refusals)
    {
        var appends = orders.OfType<AppendOrder>().ToList();
        var snapshots = orders.OfType<SnapshotOrder>().ToList();
        await using var batch = new NpgsqlBatch(connection, transaction);
        if (appends.Count > 0)
        {
            AddAppends(batch, appends);
        }

        snapshots.ForEach(snapshot => AddSnapshot(batch, snapshot));
        foreach (var deletion in orders.OfType<DeleteOrder>())
        {
            AddDeletion(batch, deletion);
        }

        // Each text is prepared once per connection; from then on this finds it without a round trip.
        await batch.PrepareAsync();
        await using var results = await batch.ExecuteReaderAsync();
        if (appends.Count > 0)
        {
            var accepted = await ReadWorkflowsAsync(results);
            await results.NextResultAsync();
            accepted.ExceptWith(await ReadWorkflowsAsync(results));
            appends.FindAll(append => !accepted.Contains(append.WorkflowUid)).ForEach(refusals.Add);
            await results.NextResultAsync();
        }

        // Only the look at the end of a snapshot's statements gives a result.
        foreach (var snapshot in snapshots)
        {
            if (!await results.ReadAsync())
            {
                refusals.Add(snapshot);
            }

            await results.NextResultAsync();
        }
    }

    private static void AddAppends(NpgsqlBatch batch, List<AppendOrder> appends)
    {
        var uids = Texts(appends.ConvertAll(append => append.WorkflowUid));
        var sequences = Numbers(appends.ConvertAll(append => append.Sequence));
        var facts = new NpgsqlParameter<byte[][]>
        {
            TypedValue = [.. appends.Select(append => append.Facts)],
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea,
        };
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Append) { Parameters = { uids, sequences, facts } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(TakeBackCovered) { Parameters = { uids.Clone(), sequences.Clone() } });
    }

    private static void AddSnapshot(NpgsqlBatch batch, SnapshotOrder snapshot)
    {
        batch.BatchCommands.Add(new NpgsqlBatchCommand(JournalSql.SaveSnapshot)
        {
            Parameters = { Uid(snapshot), Sequence(snapshot), new NpgsqlParameter<byte[]>("state", snapshot.State) },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(JournalSql.DeleteCovered) { Parameters = { Uid(snapshot) } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(JournalSql.IsCovered) { Parameters = { Uid(snapshot), Sequence(snapshot) } });
    }

    private static void AddDeletion(NpgsqlBatch batch, DeleteOrder deletion)
    {
        batch.BatchCommands.Add(new NpgsqlBatchCommand(JournalSql.DeleteEntries) { Parameters = { Uid(deletion) } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(JournalSql.DeleteSnapshot) { Parameters = { Uid(deletion) } });
    }

    private static async Task<HashSet<string>> ReadWorkflowsAsync(NpgsqlDataReader results)
    {
        var uids = new HashSet<string>();
        while (await results.ReadAsync())
        {
            uids.Add(results.GetString(0));
        }

        return uids;
    }

    private static NpgsqlParameter<string> Uid(JournalOrder order) => new("uid", NpgsqlDbType.Text) { TypedValue = order.WorkflowUid };

    private static NpgsqlParameter<long> Sequence(JournalOrder order) =>
        new("sequence", NpgsqlDbType.Bigint) { TypedValue = order.Sequence };

    private static NpgsqlParameter<List<string>> Texts(List<string> values) =>
        new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private static NpgsqlParameter<List<long>> Numbers(List<long> values) =>
        new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };
}
