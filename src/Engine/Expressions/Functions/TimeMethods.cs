using Argosy.Engine.Expressions.Language;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Functions;

/// <summary>The methods of Go's <c>time.Time</c> and <c>time.Duration</c>, the only values with methods. Argument 0 is the value.</summary>
internal static class TimeMethods
{
    public static object? Call(Arguments arguments) => arguments[0] switch
    {
        TimeSpan duration => Value.From(OfDuration(duration, arguments)),
        DateTimeOffset time => Value.From(OfTime(time, arguments)),
        var other => throw new ExpressionException($"{Value.TypeName(other)} has no method {arguments.Function}"),
    };

    private static object OfDuration(TimeSpan duration, Arguments arguments) => (arguments.Function, arguments.Count) switch
    {
        ("Hours", 1) => duration.TotalHours,
        ("Minutes", 1) => duration.TotalMinutes,
        ("Seconds", 1) => duration.TotalSeconds,
        ("Milliseconds", 1) => duration.Ticks / TimeSpan.TicksPerMillisecond,
        ("Microseconds", 1) => duration.Ticks / TimeSpan.TicksPerMicrosecond,
        ("Nanoseconds", 1) => unchecked(duration.Ticks * TimeSpan.NanosecondsPerTick),
        ("String", 1) => GoDuration.Format(duration),
        ("Abs", 1) => duration == TimeSpan.MinValue ? TimeSpan.MaxValue : duration.Duration(),
        ("Truncate", 2) => Truncate(duration, arguments.Duration(1)),
        _ => throw Unknown(arguments),
    };

    private static object OfTime(DateTimeOffset time, Arguments arguments) => (arguments.Function, arguments.Count) switch
    {
        ("Year", 1) => time.Year,
        ("Month", 1) => time.Month,
        ("Day", 1) => time.Day,
        ("Hour", 1) => time.Hour,
        ("Minute", 1) => time.Minute,
        ("Second", 1) => time.Second,
        ("Nanosecond", 1) => time.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick,
        ("YearDay", 1) => time.DayOfYear,
        ("Weekday", 1) => (int)time.DayOfWeek,
        ("Unix", 1) => time.ToUnixTimeSeconds(),
        ("UnixMilli", 1) => time.ToUnixTimeMilliseconds(),
        ("UTC", 1) => time.ToUniversalTime(),
        ("In", 2) => TimeZoneInfo.ConvertTime(time, GoTime.Zone(arguments.Text(1))),
        ("String", 1) => GoText.Of(time),
        ("Format", 2) => GoTime.Format(time, arguments.Text(1)),
        ("Add", 2) => Operators.Add(time, arguments.Duration(1), arguments.Budget),
        ("Sub", 2) => time - arguments.Time(1),
        ("Before", 2) => time < arguments.Time(1),
        ("After", 2) => time > arguments.Time(1),
        ("Equal", 2) => time == arguments.Time(1),
        ("AddDate", 4) => AddDate(time, arguments),
        ("Truncate", 2) => Truncate(time, arguments.Duration(1)),
        _ => throw Unknown(arguments),
    };

    private static DateTimeOffset AddDate(DateTimeOffset time, Arguments arguments)
    {
        try
        {
            return time.AddMonths(checked((int)((arguments.Integer(1) * 12) + arguments.Integer(2)))).AddDays(arguments.Integer(3));
        }
        catch (Exception e) when (e is ArgumentException or OverflowException)
        {
            throw new ExpressionException("a time is out of range");
        }
    }

    private static DateTimeOffset Truncate(DateTimeOffset time, TimeSpan unit) =>
        new DateTimeOffset(Truncate(TimeSpan.FromTicks(time.UtcTicks), unit).Ticks, TimeSpan.Zero).ToOffset(time.Offset);

    private static TimeSpan Truncate(TimeSpan duration, TimeSpan unit) =>
        unit <= TimeSpan.Zero ? duration : TimeSpan.FromTicks(duration.Ticks - (duration.Ticks % unit.Ticks));

    private static ExpressionException Unknown(Arguments arguments) =>
        new($"{Value.TypeName(arguments[0])} has no method {arguments.Function} with {arguments.Count - 1} arguments");
}
