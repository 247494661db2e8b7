namespace Argosy.ControlPlane.Journal;

/// <summary>One write that waits for its group. Its caller awaits <see cref="Completion"/>.</summary>
internal abstract class JournalOrder(string workflowUid)
{
    // Callers continue elsewhere: the writer's loop must not run their code.
    private readonly TaskCompletionSource completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int taken;

    public string WorkflowUid { get; } = workflowUid;

    public Task Completion => completion.Task;

    /// <summary>How much this order adds to its group's size.</summary>
    public abstract int Bytes { get; }

    /// <summary>The batch that a refusal names.</summary>
    public abstract long Sequence { get; }

    /// <summary>
    /// Whether the order speaks for a state of the workflow, so that it must not be carried out once an earlier one of the same state was
    /// refused.
    /// </summary>
    public abstract bool BuildsOnState { get; }

    /// <summary>The writer's claim. It and a cancellation exclude each other: what was taken ends with its true outcome.</summary>
    public bool TryTake() => Interlocked.Exchange(ref taken, 1) == 0;

    public void Cancel(CancellationToken cancellationToken)
    {
        if (TryTake())
        {
            completion.SetCanceled(cancellationToken);
        }
    }

    public void Complete() => completion.SetResult();

    public void Refuse() => completion.SetException(new JournalConflictException(WorkflowUid, Sequence));

    /// <summary>Each caller gets an exception of its own, because a thrown exception collects its thrower's stack.</summary>
    public void Fail(Exception cause) => completion.SetException(new JournalUnavailableException(WorkflowUid, cause));
}

internal sealed class AppendOrder(string workflowUid, long sequence, byte[] facts) : JournalOrder(workflowUid)
{
    public byte[] Facts { get; } = facts;

    public override long Sequence { get; } = sequence;

    public override int Bytes => Facts.Length;

    public override bool BuildsOnState => true;
}

internal sealed class SnapshotOrder(string workflowUid, long sequence, byte[] state) : JournalOrder(workflowUid)
{
    public byte[] State { get; } = state;

    public override long Sequence { get; } = sequence;

    public override int Bytes => State.Length;

    public override bool BuildsOnState => true;
}

internal sealed class DeleteOrder(string workflowUid) : JournalOrder(workflowUid)
{
    public override long Sequence => -1;

    public override int Bytes => 0;

    public override bool BuildsOnState => false;
}
