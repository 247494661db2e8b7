namespace Argosy.Engine.Workflows;

/// <summary>
/// When nodes want to be looked at, the earliest first. An entry that its node no longer stands by (it ended, or wants another time) is
/// passed over when its turn comes.
/// </summary>
internal sealed class NodeTimers(NodeTable nodes)
{
    private readonly PriorityQueue<int, DateTimeOffset> timers = new();

    /// <summary>The next moment that some node waits for.</summary>
    public DateTimeOffset? Next
    {
        get
        {
            while (timers.TryPeek(out var index, out var at) && !IsCurrent(index, at))
            {
                timers.Dequeue();
            }

            return timers.TryPeek(out _, out var due) ? due : null;
        }
    }

    public void Set(Node node, DateTimeOffset? at)
    {
        node.WakeAt = at;
        if (at is { } time)
        {
            timers.Enqueue(node.Index, time);
        }
    }

    /// <summary>Takes out every node that wanted to be looked at by now.</summary>
    public List<int> TakeDue(DateTimeOffset now)
    {
        List<int> due = [];
        while (timers.TryPeek(out var index, out var at) && at <= now)
        {
            timers.Dequeue();
            if (IsCurrent(index, at))
            {
                due.Add(index);
            }
        }

        return due;
    }

    private bool IsCurrent(int index, DateTimeOffset at) => nodes.At(index) is { } node && !node.Phase.IsEnd() && node.WakeAt == at;
}
