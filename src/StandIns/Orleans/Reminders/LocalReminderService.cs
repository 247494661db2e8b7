using Microsoft.Extensions.Options;
using Orleans.Hosting;
using Orleans.Timers;

namespace Orleans.Runtime.ReminderService;

/// <summary>Ticks all reminders of the table. There is one silo, so nobody else writes the table and it is read once, at start.</summary>
internal sealed class LocalReminderService(IReminderTable table, GrainRuntime runtime, IOptions<ReminderOptions> options)
    : IReminderRegistry
{
    private readonly Dictionary<(GrainId, string), LocalReminder> ticking = [];
    private readonly Lock gate = new();
    private bool stopped;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Value.InitializationTimeout, runtime.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        await table.StartAsync(either.Token).WaitAsync(either.Token);
        var stored = await table.ReadRows(0, 0).WaitAsync(either.Token);
        var now = Now;
        foreach (var entry in stored.Reminders)
        {
            Tick(entry, now);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            stopped = true;
            foreach (var reminder in ticking.Values)
            {
                reminder.Dispose();
            }

            ticking.Clear();
        }

        return table.StopAsync(cancellationToken);
    }

    public async Task<IGrainReminder> RegisterOrUpdateReminder(
        GrainId callingGrainId, string reminderName, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, TimeSpan.Zero);
        if (period < options.Value.MinimumReminderPeriod || period <= TimeSpan.Zero)
        {
            throw new ArgumentException(
                $"reminder {reminderName} of {callingGrainId} cannot tick every {period}: {nameof(ReminderOptions.MinimumReminderPeriod)} "
                + $"is {options.Value.MinimumReminderPeriod}",
                nameof(period));
        }

        var now = Now;
        var entry = new ReminderEntry { GrainId = callingGrainId, ReminderName = reminderName, StartAt = now + dueTime, Period = period };
        entry.ETag = await table.UpsertRow(entry);
        Tick(entry, now);
        return Handle(entry);
    }

    public async Task UnregisterReminder(GrainId callingGrainId, IGrainReminder reminder)
    {
        if (reminder is not GrainReminder handle || handle.GrainId != callingGrainId)
        {
            throw new ArgumentException($"{reminder} is not a reminder of {callingGrainId}", nameof(reminder));
        }

        if (!await table.RemoveRow(callingGrainId, handle.ReminderName, handle.ETag))
        {
            throw new ReminderException(
                $"reminder {handle.ReminderName} of {callingGrainId} has been changed or removed: get it anew and try again");
        }

        lock (gate)
        {
            if (ticking.TryGetValue((callingGrainId, handle.ReminderName), out var local) && local.ETag == handle.ETag)
            {
                ticking.Remove((callingGrainId, handle.ReminderName));
                local.Dispose();
            }
        }
    }

    public async Task<IGrainReminder?> GetReminder(GrainId callingGrainId, string reminderName) =>
        await table.ReadRow(callingGrainId, reminderName) is { } entry ? Handle(entry) : null;

    public async Task<List<IGrainReminder>> GetReminders(GrainId callingGrainId) =>
        [.. (await table.ReadRows(callingGrainId)).Reminders.Select(Handle)];

    private DateTime Now => runtime.Time.GetUtcNow().UtcDateTime;

    private static GrainReminder Handle(ReminderEntry entry) => new(entry.GrainId, entry.ReminderName, entry.ETag);

    private void Tick(ReminderEntry entry, DateTime now)
    {
        lock (gate)
        {
            if (stopped)
            {
                return;
            }

            var key = (entry.GrainId, entry.ReminderName);
            if (ticking.TryGetValue(key, out var replaced))
            {
                replaced.Dispose();
            }

            ticking[key] = new LocalReminder(entry, runtime, now);
        }
    }
}
