using Argosy.ControlPlane.Journal;
using Argosy.Engine.Workflows;

namespace Argosy.ControlPlane.Workflows;

/// <summary>One workflow's state and the place in the journal where its next facts go.</summary>
internal sealed class WorkflowLedger(string uid, IJournal journal)
{
    private long nextSequence;

    public WorkflowState State { get; private set; } = new();

    /// <summary>Replays the journal: what it holds is true, whatever was believed before.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var history = await journal.ReadAsync(uid, cancellationToken);
        State = new WorkflowState();
        foreach (var batch in history.Batches)
        {
            foreach (var fact in FactCodec.Decode(batch.Span))
            {
                State.Apply(fact);
            }
        }

        nextSequence = history.NextSequence;
    }

    /// <summary>Makes facts durable that are already applied to the state.</summary>
    /// <exception cref="JournalConflictException">Another writer has appended: this one must load again.</exception>
    /// <exception cref="JournalUnavailableException">Whether they are durable is not known.</exception>
    public async Task AppendAsync(IReadOnlyList<WorkflowFact> facts)
    {
        await journal.AppendAsync(uid, nextSequence, FactCodec.Encode(facts), CancellationToken.None);
        nextSequence++;
    }

    public async Task ForgetAsync()
    {
        await journal.DeleteAsync(uid, CancellationToken.None);
        State = new WorkflowState();
    }
}
