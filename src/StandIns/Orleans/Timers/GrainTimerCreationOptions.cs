using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>When a grain timer calls, and how its calls mix with requests.</summary>
#pragma warning disable CA1815 // Orleans' struct is not compared.
public readonly struct GrainTimerCreationOptions()
#pragma warning restore CA1815
{
    /// <param name="dueTime">See <see cref="DueTime"/>.</param>
    /// <param name="period">See <see cref="Period"/>.</param>
    [SetsRequiredMembers]
    public GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period)
        : this()
    {
        DueTime = dueTime;
        Period = period;
    }

    /// <summary>Until the first call; <see cref="Timeout.InfiniteTimeSpan"/>: none until <see cref="IGrainTimer.Change"/>.</summary>
    public required TimeSpan DueTime { get; init; }

    /// <summary>From the end of a call to the next; <see cref="Timeout.InfiniteTimeSpan"/>: one call only.</summary>
    public required TimeSpan Period { get; init; }

    /// <summary>Whether calls may interleave with requests and other timers; otherwise a call waits its turn like a request.</summary>
    public bool Interleave { get; init; }

    /// <summary>Whether a call counts as activity that keeps the activation from being collected for idleness.</summary>
    public bool KeepAlive { get; init; }
}
