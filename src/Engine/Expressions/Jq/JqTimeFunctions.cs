using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Jq;

/// <summary>
/// Times: seconds since 1970, or broken down into [year, month from 0, day, hour, minute, second, weekday, day of the year from 0]. All of
/// them are UTC; there is no clock.
/// </summary>
internal static class JqTimeFunctions
{
    public static void AddTo(Action<string, int, Func<JqCall, object?>> add)
    {
        add("now", 0, _ => throw new ExpressionException("now is not available: a filter must give the same result each time"));
        add("mktime", 0, call => TimeOf(call).ToUnixTimeSeconds());
        add("gmtime", 0, call => BrokenDown(TimeOf(call)));
        add("localtime", 0, call => BrokenDown(TimeOf(call)));
        add("strftime", 1, call => Strftime.Format(call.TextAt(0), TimeOf(call)));
        add("strflocaltime", 1, call => Strftime.Format(call.TextAt(0), TimeOf(call)));
        add("strptime", 1, call => Strftime.TryParse(call.Text, call.TextAt(0)) is { } time
            ? BrokenDown(time)
            : throw new JqFailure($"strptime cannot be applied to: {JqValue.Preview(call.Input)} with {JqValue.Preview(call[0])}"));
    }

    private static DateTimeOffset TimeOf(JqCall call)
    {
        try
        {
            return call.Input is List<object?> { Count: >= 6 } parts && parts.TrueForAll(part => part is long or double)
                ? new DateTimeOffset(1, 1, 1, 0, 0, 0, TimeSpan.Zero).AddYears((int)JqValue.Whole(parts[0]) - 1).AddMonths((int)JqValue.Whole(parts[1]))
                    .AddDays(JqValue.Whole(parts[2]) - 1).AddHours(JqValue.Whole(parts[3])).AddMinutes(JqValue.Whole(parts[4])).AddSeconds(JqValue.Float(parts[5]))
                : DateTimeOffset.UnixEpoch.AddSeconds(call.Float);
        }
        catch (Exception e) when (e is ArgumentException or OverflowException)
        {
            throw call.Refused();
        }
    }

    private static List<object?> BrokenDown(DateTimeOffset time) =>
    [
        (long)time.Year, (long)(time.Month - 1), (long)time.Day, (long)time.Hour, (long)time.Minute,
        JqValue.Number(time.Second + (time.Ticks % TimeSpan.TicksPerSecond / (double)TimeSpan.TicksPerSecond)),
        (long)(int)time.DayOfWeek, (long)(time.DayOfYear - 1),
    ];
}
