using System.Globalization;
using Argosy.Engine.Expressions.Functions;
using Argosy.Engine.Expressions.Language;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Sprig;

/// <summary>
/// Dates and durations. A date is a time, its RFC 3339 text, or seconds since 1970; anything else is refused, where Sprig would take the
/// clock.
/// </summary>
internal static class SprigTimes
{
    public static void AddTo(FunctionTable table)
    {
        table.Add("now", 0, a => TimeFunctions.Now(a));
        table.Add("ago", 1, a => GoDuration.Format(TimeSpan.FromSeconds(Math.Round((TimeFunctions.Now(a) - Date(a, 0)).TotalSeconds))));
        table.Add("must_date_modify", 2, a => Operators.Add(Date(a, 1), GoDuration.Parse(a.Text(0)), a.Budget));
        table.Add("date", 2, a => GoTime.Format(Date(a, 1), a.Text(0)));
        table.Add("dateInZone", 3, a => InZone(a, a.Text(0)));
        table.Add("date_in_zone", 3, a => InZone(a, a.Text(0)));
        table.Add("htmlDate", 1, a => GoTime.Format(Date(a, 0), "2006-01-02"));
        table.Add("htmlDateInZone", 2, a => GoTime.Format(TimeZoneInfo.ConvertTime(Date(a, 0), GoTime.Zone(a.Text(1))), "2006-01-02"));
        table.AddWithMust("dateModify", 2, 2, a => Operators.Add(Date(a, 1), GoDuration.Parse(a.Text(0)), a.Budget));
        table.Add("date_modify", 2, a => Operators.Add(Date(a, 1), GoDuration.Parse(a.Text(0)), a.Budget));
        table.AddWithMust("toDate", 2, 2, a => GoTime.Parse(a.Text(1), a.Text(0), TimeZoneInfo.Utc));
        table.Add("unixEpoch", 1, a => Date(a, 0).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        table.Add("duration", 1, a => GoDuration.Format(Seconds(Loose.Integer(a[0]))));
        table.Add("durationRound", 1, a => Rounded(a[0] switch
        {
            TimeSpan duration => duration,
            string text => GoDuration.Parse(text),
            long nanoseconds => TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick),
            _ => throw a.Invalid(0),
        }));
    }

    private static string InZone(Arguments arguments, string layout) =>
        GoTime.Format(TimeZoneInfo.ConvertTime(Date(arguments, 1), GoTime.Zone(arguments.Text(2))), layout);

    private static DateTimeOffset Date(Arguments arguments, int position)
    {
        try
        {
            return arguments[position] is long seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : arguments.Time(position);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw arguments.Invalid(position);
        }
    }

    private static TimeSpan Seconds(long seconds) => Math.Abs((decimal)seconds) * TimeSpan.TicksPerSecond < long.MaxValue
        ? TimeSpan.FromSeconds(seconds)
        : throw new ExpressionException("a duration is out of range");

    /// <summary>The largest unit alone, counted whole: 2h, 3d, 5mo.</summary>
    private static string Rounded(TimeSpan duration)
    {
        var size = duration == TimeSpan.MinValue ? TimeSpan.MaxValue : duration.Duration();
        var (count, unit) = size.TotalDays switch
        {
            >= 365 => (size.TotalDays / 365, "y"),
            >= 30 => (size.TotalDays / 30, "mo"),
            >= 1 => (size.TotalDays, "d"),
            _ when size.TotalHours >= 1 => (size.TotalHours, "h"),
            _ when size.TotalMinutes >= 1 => (size.TotalMinutes, "m"),
            _ => (size.TotalSeconds, "s"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{(long)count}{unit}");
    }
}
