namespace Argosy.Executor.Agents;

/// <summary>When bytes moved in one try, in either direction.</summary>
internal sealed class MovedBytes(TimeProvider time)
{
    private long? _first;

    /// <summary>Timestamp of the last that moved.</summary>
    public long Last { get; private set; }

    /// <summary>From the first to the last.</summary>
    public TimeSpan Lasted => _first is { } first ? time.GetElapsedTime(first, Last) : TimeSpan.Zero;

    public void Some()
    {
        Last = time.GetTimestamp();
        _first ??= Last;
    }
}
