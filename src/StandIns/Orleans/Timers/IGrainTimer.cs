namespace Orleans.Runtime;

/// <summary>A timer of a grain.</summary>
public interface IGrainTimer : IDisposable
{
    /// <summary>Sets both times anew; the next call is <paramref name="dueTime"/> from now.</summary>
    /// <param name="dueTime">Until the next call; <see cref="Timeout.InfiniteTimeSpan"/>: none.</param>
    /// <param name="period">From the end of a call to the next; <see cref="Timeout.InfiniteTimeSpan"/>: no further.</param>
    void Change(TimeSpan dueTime, TimeSpan period);
}
