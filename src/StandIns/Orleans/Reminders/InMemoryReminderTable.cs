using System.Globalization;

namespace Orleans.Runtime.ReminderService;

/// <summary>Keeps reminders as long as the process lives.</summary>
internal sealed class InMemoryReminderTable : IReminderTable
{
    private readonly Dictionary<(GrainId, string), ReminderEntry> rows = [];
    private readonly Lock gate = new();
    private long writes;

    public Task<ReminderTableData> ReadRows(GrainId grainId) => Read(entry => entry.GrainId == grainId);

    public Task<ReminderTableData> ReadRows(uint begin, uint end) => Read(entry =>
    {
        var hash = entry.GrainId.GetUniformHashCode();
        return begin < end ? hash > begin && hash <= end : hash > begin || hash <= end;
    });

    public Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName)
    {
        lock (gate)
        {
            return Task.FromResult(rows.TryGetValue((grainId, reminderName), out var found) ? Copy(found, found.ETag) : null);
        }
    }

    public Task<string> UpsertRow(ReminderEntry entry)
    {
        lock (gate)
        {
            var eTag = (++writes).ToString(CultureInfo.InvariantCulture);
            rows[(entry.GrainId, entry.ReminderName)] = Copy(entry, eTag);
            return Task.FromResult(eTag);
        }
    }

    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag)
    {
        lock (gate)
        {
            return Task.FromResult(
                rows.TryGetValue((grainId, reminderName), out var found) && found.ETag == eTag && rows.Remove((grainId, reminderName)));
        }
    }

    public Task TestOnlyClearTable()
    {
        lock (gate)
        {
            rows.Clear();
            return Task.CompletedTask;
        }
    }

    private static ReminderEntry Copy(ReminderEntry entry, string eTag) => new()
    {
        GrainId = entry.GrainId,
        ReminderName = entry.ReminderName,
        StartAt = entry.StartAt,
        Period = entry.Period,
        ETag = eTag,
    };

    private Task<ReminderTableData> Read(Func<ReminderEntry, bool> predicate)
    {
        lock (gate)
        {
            return Task.FromResult(new ReminderTableData(rows.Values.Where(predicate).Select(entry => Copy(entry, entry.ETag)).ToArray()));
        }
    }
}
