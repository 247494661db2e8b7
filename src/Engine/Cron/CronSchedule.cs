using Argosy.Engine.Expressions;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Cron;

/// <summary>
/// The instants that a cron expression names. The language is that of robfig/cron's standard parser, which Argo uses:
/// <code>
/// expression = [ ( "TZ=" | "CRON_TZ=" ) zone " " ] ( descriptor | minute hour day-of-month month day-of-week )
/// descriptor = "@yearly" | "@annually" | "@monthly" | "@weekly" | "@daily" | "@midnight" | "@hourly" | "@every " duration
/// </code>
/// A field is described at <see cref="CronField"/>. Without a zone the fields are those of UTC. Instants are whole seconds.
/// </summary>
public abstract class CronSchedule
{
    /// <summary>Reads an expression; null, and why, when it is none.</summary>
    public static CronSchedule? TryParse(string expression, out string problem)
    {
        try
        {
            problem = "";
            return Parse(expression);
        }
        catch (FormatException malformed)
        {
            problem = malformed.Message;
            return null;
        }
    }

    /// <summary>The first instant after this one; null when there is none within the next five years.</summary>
    public abstract DateTimeOffset? Next(DateTimeOffset after);

    /// <summary>
    /// The schedule whose intervals are counted from a fixed instant, so that it names the same instants whoever asks, and when. Without
    /// that an interval is counted from whatever instant <see cref="Next"/> is asked about.
    /// </summary>
    public virtual CronSchedule CountedFrom(DateTimeOffset origin) => this;

    /// <summary>The latest instant after the one and not after the other.</summary>
    public DateTimeOffset? Latest(DateTimeOffset after, DateTimeOffset until)
    {
        if (Next(after) is not { } first || first > until)
        {
            return null;
        }

        // There is an instant after low, and none after high: the search ends at the second before the last one.
        var (low, high) = (after.ToUnixTimeSeconds(), until.ToUnixTimeSeconds());
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = Next(DateTimeOffset.FromUnixTimeSeconds(middle)) <= until ? (middle, high) : (low, middle);
        }

        return Next(DateTimeOffset.FromUnixTimeSeconds(low));
    }

    private static CronSchedule Parse(string expression)
    {
        var (zone, text) = SplitZone(expression);
        if (text.Length == 0)
        {
            throw new FormatException("empty spec string");
        }

        return text[0] == '@' ? ParseDescriptor(text, zone) : CalendarSchedule.Parse(text, zone);
    }

    private static (TimeZoneInfo Zone, string Text) SplitZone(string expression)
    {
        if (!expression.StartsWith("TZ=", StringComparison.Ordinal) && !expression.StartsWith("CRON_TZ=", StringComparison.Ordinal))
        {
            return (TimeZoneInfo.Utc, expression);
        }

        var begin = expression.IndexOf('=', StringComparison.Ordinal) + 1;
        var end = expression.IndexOf(' ', StringComparison.Ordinal);
        if (end < 0)
        {
            throw new FormatException("empty spec string");
        }

        var name = expression[begin..end];
        return CronTimeZone.Find(name) is { } zone
            ? (zone, expression[end..].Trim())
            : throw new FormatException($"provided bad location {name}: unknown time zone {name}");
    }

    private static CronSchedule ParseDescriptor(string text, TimeZoneInfo zone)
    {
        const string Every = "@every ";
        return text switch
        {
            "@yearly" or "@annually" => CalendarSchedule.Parse("0 0 1 1 *", zone),
            "@monthly" => CalendarSchedule.Parse("0 0 1 * *", zone),
            "@weekly" => CalendarSchedule.Parse("0 0 * * 0", zone),
            "@daily" or "@midnight" => CalendarSchedule.Parse("0 0 * * *", zone),
            "@hourly" => CalendarSchedule.Parse("0 * * * *", zone),
            _ when text.StartsWith(Every, StringComparison.Ordinal) => new IntervalSchedule(ReadDuration(text, text[Every.Length..])),
            _ => throw new FormatException($"unrecognized descriptor: {text}"),
        };
    }

    private static TimeSpan ReadDuration(string descriptor, string duration)
    {
        try
        {
            return GoDuration.Parse(duration);
        }
        catch (ExpressionException malformed)
        {
            throw new FormatException($"failed to parse duration {descriptor}: {malformed.Message}");
        }
    }
}
