namespace Orleans.Runtime.ReminderService;

/// <summary>
/// One stored reminder and its timer. A tick is due at the start time plus whole periods; the next is sought when one is done.
/// </summary>
internal sealed class LocalReminder : IDisposable
{
    /// <summary>Timers count milliseconds in 32 bits; what is due later is looked at again after this.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly ReminderEntry entry;
    private readonly GrainRuntime runtime;
    private readonly ITimer timer;
    private DateTime next;
    private volatile bool disposed;

    public LocalReminder(ReminderEntry entry, GrainRuntime runtime, DateTime now)
    {
        this.entry = entry;
        this.runtime = runtime;
        next = FirstTick(now);
        timer = runtime.Time.CreateQuietTimer(static reminder => ((LocalReminder)reminder!).OnTimer(), this);
        Arm(now);
    }

    public string ETag => entry.ETag;

    private DateTime Now => runtime.Time.GetUtcNow().UtcDateTime;

    public void Dispose()
    {
        disposed = true;
        timer.Dispose();
    }

    /// <summary>The first tick at or after <paramref name="instant"/>.</summary>
    private DateTime FirstTick(DateTime instant)
    {
        var sinceStart = instant - entry.StartAt;
        var sinceTick = sinceStart <= TimeSpan.Zero ? sinceStart : new TimeSpan(sinceStart.Ticks % entry.Period.Ticks);
        return sinceTick <= TimeSpan.Zero ? instant - sinceTick : instant - sinceTick + entry.Period;
    }

    private void Arm(DateTime now)
    {
        if (!disposed)
        {
            var wait = next - now;
            timer.Change(wait <= TimeSpan.Zero ? TimeSpan.Zero : wait < LongestWait ? wait : LongestWait, Timeout.InfiniteTimeSpan);
        }
    }

    private void OnTimer()
    {
        var now = Now;
        if (now < next)
        {
            Arm(now);
        }
        else
        {
            _ = TickAsync(now);
        }
    }

    private async Task TickAsync(DateTime now)
    {
        var following = FirstTick(now + TimeSpan.FromTicks(1));
        try
        {
            await runtime.Factory.GetGrain<IRemindable>(entry.GrainId)
                .ReceiveReminder(entry.ReminderName, new TickStatus(entry.StartAt, entry.Period, now));
        }
        catch (Exception failure)
        {
            runtime.Log.ReminderFailed(failure, entry.ReminderName, entry.GrainId, following);
        }

        var then = Now;
        next = following > then ? following : FirstTick(then);
        Arm(then);
    }
}
