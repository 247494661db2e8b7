namespace Argosy.ControlPlane.Journal;

/// <summary>The statements that read the same on both engines.</summary>
internal static class JournalSql
{
    /// <summary>Stores a snapshot of a batch the journal holds, unless it holds a newer one.</summary>
    public const string SaveSnapshot =
        """
        INSERT INTO journal_snapshots (workflow_uid, sequence, state)
        SELECT @uid, @sequence, @state
        WHERE EXISTS (SELECT 1 FROM journal_entries WHERE workflow_uid = @uid AND sequence = @sequence)
        ON CONFLICT (workflow_uid) DO UPDATE SET sequence = excluded.sequence, state = excluded.state
        WHERE journal_snapshots.sequence < excluded.sequence
        """;

    /// <summary>Drops what the stored snapshot covers; where none is stored, nothing.</summary>
    public const string DeleteCovered =
        """
        DELETE FROM journal_entries
        WHERE workflow_uid = @uid
            AND sequence <= (SELECT sequence FROM journal_snapshots WHERE workflow_uid = @uid)
        """;

    /// <summary>A row if the stored snapshot covers the batch.</summary>
    public const string IsCovered = "SELECT 1 FROM journal_snapshots WHERE workflow_uid = @uid AND sequence >= @sequence";

    public const string DeleteEntries = "DELETE FROM journal_entries WHERE workflow_uid = @uid";

    public const string DeleteSnapshot = "DELETE FROM journal_snapshots WHERE workflow_uid = @uid";

    /// <summary>The snapshot, then the batches. One statement, so that a snapshot saved meanwhile cannot tear the history.</summary>
    public const string Read =
        """
        SELECT 0 AS part, sequence, state FROM journal_snapshots WHERE workflow_uid = @uid
        UNION ALL
        SELECT 1 AS part, sequence, facts FROM journal_entries WHERE workflow_uid = @uid
        ORDER BY part, sequence
        """;

    public const string ListWorkflows =
        """
        SELECT workflow_uid FROM journal_entries WHERE sequence = 0
        UNION
        SELECT workflow_uid FROM journal_snapshots
        ORDER BY workflow_uid
        """;
}
