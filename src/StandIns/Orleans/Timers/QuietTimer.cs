namespace Orleans.Runtime;

/// <summary>Timers that keep nothing of their maker's execution context (request context, trace) alive or visible to their callback.</summary>
internal static class QuietTimer
{
    /// <summary>A timer that is not armed yet.</summary>
    public static ITimer CreateQuietTimer(this TimeProvider time, TimerCallback callback, object? state)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            return time.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        using (ExecutionContext.SuppressFlow())
        {
            return time.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
