namespace Argosy.ControlPlane.Journal;

/// <summary>
/// The truth about workflows: each one's facts, in order. An append is durable when its task completes; appends of many workflows share
/// one transaction.
/// </summary>
public interface IJournal
{
    /// <summary>
    /// Appends one batch of facts as number <paramref name="sequence"/> of the workflow (0 for the first). The bytes must not change
    /// before the task completes. A cancelled task means that the batch was not appended.
    /// </summary>
    /// <exception cref="JournalConflictException">
    /// The number does not follow the journal's last one: another writer appended first, or the workflow was deleted. The caller must
    /// give way.
    /// </exception>
    /// <exception cref="JournalUnavailableException">The database failed; whether the batch is stored is not known.</exception>
    Task AppendAsync(string workflowUid, long sequence, ReadOnlyMemory<byte> facts, CancellationToken cancellationToken);

    /// <summary>The workflow's newest snapshot, if any, and every batch after it.</summary>
    Task<JournalHistory> ReadAsync(string workflowUid, CancellationToken cancellationToken);

    /// <summary>
    /// Stores the state after batch <paramref name="sequence"/>, which must be in the journal, so that a replay starts there; the batches
    /// up to it are gone then. A snapshot older than the stored one changes nothing.
    /// </summary>
    /// <exception cref="JournalConflictException">The journal holds no such batch: another writer owns or has deleted it.</exception>
    /// <exception cref="JournalUnavailableException">The database failed; whether the snapshot is stored is not known.</exception>
    Task SaveSnapshotAsync(string workflowUid, long sequence, ReadOnlyMemory<byte> state, CancellationToken cancellationToken);

    /// <summary>Forgets the workflow.</summary>
    Task DeleteAsync(string workflowUid, CancellationToken cancellationToken);

    /// <summary>The uids of all workflows the journal knows, sorted.</summary>
    Task<IReadOnlyList<string>> ListWorkflowsAsync(CancellationToken cancellationToken);
}

/// <summary>What a replay starts from: <see cref="Snapshot"/> is the state after batch <see cref="SnapshotSequence"/> (-1: none).</summary>
public sealed record JournalHistory(long SnapshotSequence, ReadOnlyMemory<byte>? Snapshot, IReadOnlyList<ReadOnlyMemory<byte>> Batches)
{
    /// <summary>The number that the next append must carry.</summary>
    public long NextSequence => SnapshotSequence + 1 + Batches.Count;
}

/// <summary>
/// The journal does not stand where this writer believes it to: another one appended to it or deleted it. This writer is no longer the
/// arbiter of the workflow's work.
/// </summary>
public sealed class JournalConflictException(string workflowUid, long sequence)
    : Exception($"journal of workflow {workflowUid} refuses batch {sequence}: "
        + "another writer has appended to it or deleted it; drop the state and load it again");

/// <summary>
/// The database failed under a write to the journal. The write may or may not have happened: read the journal before going on, or repeat
/// the write and take a conflict for the answer that it had.
/// </summary>
public sealed class JournalUnavailableException(string workflowUid, Exception cause)
    : Exception($"journal of workflow {workflowUid} could not be written: {cause.Message}", cause);
