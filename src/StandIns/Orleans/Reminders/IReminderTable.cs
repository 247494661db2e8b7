using Orleans.Runtime;

namespace Orleans;

/// <summary>Where reminders are kept, so that they outlive activations and hosts. Implementations are called from many threads.</summary>
public interface IReminderTable
{
    /// <summary>Makes ready; called once before any other method.</summary>
    Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    /// <summary>The host stops; no other method is called after this one.</summary>
    Task StopAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    /// <summary>The grain's reminders.</summary>
    Task<ReminderTableData> ReadRows(GrainId grainId);

    /// <summary>
    /// The reminders of grains whose <see cref="GrainId.GetUniformHashCode"/> is greater than <paramref name="begin"/> and at most
    /// <paramref name="end"/>; the range wraps around where <paramref name="begin"/> is not less, so (0, 0) is all.
    /// </summary>
    Task<ReminderTableData> ReadRows(uint begin, uint end);

    /// <summary>One reminder; null where there is none.</summary>
    Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName);

    /// <summary>Writes a reminder over whatever bears its grain and name; returns the new ETag.</summary>
    Task<string> UpsertRow(ReminderEntry entry);

    /// <summary>Removes a reminder if its ETag is still <paramref name="eTag"/>; whether it did.</summary>
    Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag);

    /// <summary>Removes all reminders.</summary>
    Task TestOnlyClearTable();
}

/// <summary>A stored reminder.</summary>
[GenerateSerializer]
public sealed class ReminderEntry
{
    /// <summary>Whose it is; with <see cref="ReminderName"/>, the key.</summary>
    [Id(0)]
    public GrainId GrainId { get; set; }

    /// <summary>Unique among the grain's reminders.</summary>
    [Id(1)]
    public string ReminderName { get; set; } = "";

    /// <summary>When the first tick is due, UTC.</summary>
    [Id(2)]
    public DateTime StartAt { get; set; }

    /// <summary>Between ticks.</summary>
    [Id(3)]
    public TimeSpan Period { get; set; }

    /// <summary>Changes with each write.</summary>
    [Id(4)]
    public string ETag { get; set; } = "";

    /// <inheritdoc/>
    public override string ToString() => $"reminder {ReminderName} of {GrainId}, from {StartAt:O} every {Period}";
}

/// <summary>Stored reminders.</summary>
[GenerateSerializer]
public sealed class ReminderTableData
{
    /// <summary>None.</summary>
    public ReminderTableData()
        : this([])
    {
    }

    /// <summary>These.</summary>
    public ReminderTableData(IEnumerable<ReminderEntry> list) => Reminders = [.. list];

    /// <summary>This one.</summary>
    public ReminderTableData(ReminderEntry entry)
        : this([entry])
    {
    }

    /// <summary>The reminders.</summary>
    [Id(0)]
    public IList<ReminderEntry> Reminders { get; }

    /// <inheritdoc/>
    public override string ToString() => $"[{Reminders.Count} reminders: {string.Join("; ", Reminders)}]";
}
