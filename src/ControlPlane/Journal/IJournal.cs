namespace Argosy.ControlPlane.Journal;

/// <summary>
/// The truth about workflows: each one's facts, in order. An append is durable when its task completes; appends of many workflows share
/// one transaction.
/// </summary>
public interface IJournal
{
    /// <summary>
    /// Appends one batch of facts as number <paramref name="sequence"/> of the workflow (0 for the first).
    /// </summary>
    /// <exception cref="JournalConflictException">Another writer already appended that number; the caller must give way.</exception>
    Task AppendAsync(string workflowUid, long sequence, ReadOnlyMemory<byte> facts, CancellationToken cancellationToken);

    /// <summary>The workflow's newest snapshot, if any, and every batch after it.</summary>
    Task<JournalHistory> ReadAsync(string workflowUid, CancellationToken cancellationToken);

    /// <summary>Stores the state after batch <paramref name="sequence"/>, so that a replay starts there.</summary>
    Task SaveSnapshotAsync(string workflowUid, long sequence, ReadOnlyMemory<byte> state, CancellationToken cancellationToken);

    /// <summary>Forgets the workflow.</summary>
    Task DeleteAsync(string workflowUid, CancellationToken cancellationToken);
}

/// <summary>What a replay starts from: <see cref="Snapshot"/> is the state after batch <see cref="SnapshotSequence"/> (-1: none).</summary>
public sealed record JournalHistory(long SnapshotSequence, ReadOnlyMemory<byte>? Snapshot, IReadOnlyList<ReadOnlyMemory<byte>> Batches)
{
    /// <summary>The number that the next append must carry.</summary>
    public long NextSequence => SnapshotSequence + 1 + Batches.Count;
}

/// <summary>Another writer has appended to this workflow's journal: this one is no longer the arbiter of its work.</summary>
public sealed class JournalConflictException(string workflowUid, long sequence)
    : Exception($"journal of workflow {workflowUid} already holds batch {sequence}: another writer owns this workflow; drop the state and load it again");
