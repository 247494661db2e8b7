namespace Orleans.Runtime;

/// <summary>A reminder of a grain, as stored when this handle was got.</summary>
public interface IGrainReminder
{
    /// <summary>Unique among the grain's reminders.</summary>
    string ReminderName { get; }
}

internal sealed record GrainReminder(GrainId GrainId, string ReminderName, string ETag) : IGrainReminder;

/// <summary>What a reminder knows about the tick it delivers; times are UTC.</summary>
/// <param name="firstTickTime">When the first tick was due.</param>
/// <param name="period">Between ticks.</param>
/// <param name="timeStamp">When this tick was sent.</param>
[GenerateSerializer, Immutable]
#pragma warning disable CA1815 // Orleans' struct is not compared.
public readonly struct TickStatus(DateTime firstTickTime, TimeSpan period, DateTime timeStamp)
#pragma warning restore CA1815
{
    /// <summary>When the first tick was due, UTC.</summary>
    [Id(0)]
    public DateTime FirstTickTime { get; } = firstTickTime;

    /// <summary>Between ticks.</summary>
    [Id(1)]
    public TimeSpan Period { get; } = period;

    /// <summary>When this tick was sent, UTC.</summary>
    [Id(2)]
    public DateTime CurrentTickTime { get; } = timeStamp;

    /// <inheritdoc/>
    public override string ToString() => $"<{FirstTickTime:O}, {Period}, {CurrentTickTime:O}>";
}

/// <summary>A reminder could not be stored or removed.</summary>
public sealed class ReminderException(string message) : OrleansException(message);
