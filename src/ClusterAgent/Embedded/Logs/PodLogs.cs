using System.Collections.Concurrent;

namespace Argosy.ClusterAgent.Embedded.Logs;

/// <summary>The logs of a pod's containers while it lives, and the signal its followers wait for.</summary>
internal sealed class PodLogs(string folder, TimeProvider time)
{
    /// <summary>How often growth is noted: the precision of a line's time, and how late a follower sees it.</summary>
    public static readonly TimeSpan Precision = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<string, LogIndex> _indexes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _ended = new(StringComparer.Ordinal);
    private volatile TaskCompletionSource _grown = NewSignal();
    private volatile bool _closed;

    public LogIndex this[string container] => _indexes.GetOrAdd(container, name => new LogIndex(folder, name));

    /// <summary>Notes what containers wrote and wakes followers.</summary>
    public void Advance()
    {
        var grown = false;
        foreach (var index in _indexes.Values)
        {
            lock (index)
            {
                grown |= index.Advance(time.GetUtcNow());
            }
        }

        if (grown)
        {
            Wake();
        }
    }

    /// <summary>A container ended and will write no more.</summary>
    public void End(string container)
    {
        Advance();
        _ended[container] = true;
        Wake();
    }

    /// <summary>No container will write any more.</summary>
    public void Close()
    {
        Advance();
        _closed = true;
        Wake();
    }

    /// <summary>Whether a container's log is complete.</summary>
    public bool IsComplete(string container) => _closed || _ended.ContainsKey(container);

    /// <summary>Completes at the next growth or end.</summary>
    public Task NextChange => _grown.Task;

    private void Wake() => Interlocked.Exchange(ref _grown, NewSignal()).TrySetResult();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
