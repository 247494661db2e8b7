namespace Argosy.Engine.Cron;

/// <summary><c>@every 1h30m</c>: a length of time in whole seconds, one at least.</summary>
internal sealed class IntervalSchedule : CronSchedule
{
    private readonly long seconds;
    private readonly long? origin;

    public IntervalSchedule(TimeSpan interval)
        : this(Math.Max(1, interval.Ticks / TimeSpan.TicksPerSecond), null)
    {
    }

    private IntervalSchedule(long seconds, long? origin) => (this.seconds, this.origin) = (seconds, origin);

    public override DateTimeOffset? Next(DateTimeOffset after)
    {
        var from = after.ToUnixTimeSeconds();
        var next = origin is not { } start ? from + seconds
            : from < start ? start + seconds
            : start + ((((from - start) / seconds) + 1) * seconds);
        return next > DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? null : DateTimeOffset.FromUnixTimeSeconds(next);
    }

    public override CronSchedule CountedFrom(DateTimeOffset origin) => new IntervalSchedule(seconds, origin.ToUnixTimeSeconds());
}
