namespace Grpc.Wire;

/// <summary>Calls back once a span of time has passed, however long: timers themselves reach no further than 49 days.</summary>
internal sealed class DeadlineTimer : IDisposable
{
    private static readonly TimeSpan Furthest = TimeSpan.FromDays(40);

    private readonly TimeProvider time;
    private readonly long start;
    private readonly TimeSpan span;
    private readonly Action passed;
    private readonly ITimer timer;

    public DeadlineTimer(TimeProvider time, TimeSpan span, Action passed)
    {
        this.time = time;
        this.span = span;
        this.passed = passed;
        start = time.GetTimestamp();
        timer = time.CreateTimer(static self => ((DeadlineTimer)self!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Wait(span);
    }

    public void Dispose() => timer.Dispose();

    private void Tick()
    {
        var left = span - time.GetElapsedTime(start);
        if (left <= TimeSpan.Zero)
        {
            passed();
        }
        else
        {
            Wait(left);
        }
    }

    // Rounded up: timers count whole milliseconds, and one that comes early would have to be set again.
    private void Wait(TimeSpan left) => timer.Change(
        left >= Furthest ? Furthest : TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(left.TotalMilliseconds, 0))), Timeout.InfiniteTimeSpan);
}
