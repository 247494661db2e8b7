using System.Globalization;
using System.Text;

namespace Argosy.Engine.Expressions.Values;

/// <summary>
/// Go's time layouts, written by example with the reference time <c>Mon Jan 2 15:04:05 MST 2006</c>: formatting, parsing, time zones.
/// </summary>
internal static class GoTime
{
    public const string Rfc3339 = "2006-01-02T15:04:05Z07:00";
    public const string Rfc3339Nano = "2006-01-02T15:04:05.999999999Z07:00";

    /// <summary>The layouts a date may have when none is named; the first that fits wins.</summary>
    public static readonly IReadOnlyList<string> UsualLayouts =
    [
        "2006-01-02", "15:04:05", "2006-01-02 15:04:05", Rfc3339,
        "02 Jan 06 15:04 MST", "Monday, 02-Jan-06 15:04:05 MST", "Mon, 02 Jan 2006 15:04:05 MST",
    ];

    // Longest first where one begins with another.
    private static readonly string[] Elements =
    [
        "January", "Jan", "Monday", "Mon", "MST", "2006", "-07:00:00", "-07:00", "-0700", "-07", "Z07:00", "Z0700", "Z07",
        "002", "01", "02", "03", "04", "05", "06", "15", "PM", "pm", "_2", "1", "2", "3", "4", "5",
    ];

    public static string Format(DateTimeOffset time, string layout)
    {
        var text = new StringBuilder();
        var position = 0;
        while (position < layout.Length)
        {
            var element = ElementAt(layout, position);
            if (element is null)
            {
                text.Append(layout[position++]);
                continue;
            }

            text.Append(FormatElement(time, element));
            position += element.Length;
        }

        return text.ToString();
    }

    /// <summary>The time <paramref name="text"/> shows in <paramref name="layout"/>, in <paramref name="zone"/> unless the text names an offset.</summary>
    public static DateTimeOffset Parse(string text, string layout, TimeZoneInfo zone) =>
        TryParse(text, layout, zone) ?? throw new ExpressionException($"cannot read \"{text}\" as a time of the form \"{layout}\"");

    public static DateTimeOffset? TryParse(string text, string layout, TimeZoneInfo zone)
    {
        var reading = new TimeReading(text);
        var position = 0;
        while (position < layout.Length)
        {
            var element = ElementAt(layout, position);
            var fits = element is null ? reading.Skip(layout[position]) : reading.Read(element);
            if (!fits)
            {
                return null;
            }

            position += element?.Length ?? 1;
        }

        return reading.Finish(zone);
    }

    public static TimeZoneInfo Zone(string name)
    {
        try
        {
            return name is "" or "UTC" or "Local" ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(name);
        }
        catch (Exception e) when (e is TimeZoneNotFoundException or InvalidTimeZoneException or System.Security.SecurityException or ArgumentException)
        {
            throw new ExpressionException($"unknown time zone {name}");
        }
    }

    private static string? ElementAt(string layout, int position)
    {
        if (layout[position] is '.' or ',' && FractionAt(layout, position) is { } fraction)
        {
            return fraction;
        }

        foreach (var element in Elements)
        {
            if (string.CompareOrdinal(layout, position, element, 0, element.Length) == 0)
            {
                return element;
            }
        }

        return null;
    }

    /// <summary>A fraction is a point and a run of 0s or 9s that no further digit follows.</summary>
    private static string? FractionAt(string layout, int position)
    {
        var end = position + 1;
        while (end < layout.Length && layout[end] is '0' or '9' && layout[end] == layout[position + 1])
        {
            end++;
        }

        return end > position + 1 && (end == layout.Length || !char.IsAsciiDigit(layout[end])) ? layout[position..end] : null;
    }

    private static string FormatElement(DateTimeOffset time, string element)
    {
        var c = CultureInfo.InvariantCulture;
        return element switch
        {
            "January" => time.ToString("MMMM", c),
            "Jan" => time.ToString("MMM", c),
            "Monday" => time.ToString("dddd", c),
            "Mon" => time.ToString("ddd", c),
            "2006" => time.ToString("yyyy", c),
            "06" => time.ToString("yy", c),
            "01" => time.ToString("MM", c),
            "1" => time.Month.ToString(c),
            "02" => time.ToString("dd", c),
            "2" => time.Day.ToString(c),
            "_2" => time.Day.ToString(c).PadLeft(2),
            "002" => time.DayOfYear.ToString("000", c),
            "15" => time.ToString("HH", c),
            "03" => time.ToString("hh", c),
            "3" => (((time.Hour + 11) % 12) + 1).ToString(c),
            "04" => time.ToString("mm", c),
            "4" => time.Minute.ToString(c),
            "05" => time.ToString("ss", c),
            "5" => time.Second.ToString(c),
            "PM" => time.Hour < 12 ? "AM" : "PM",
            "pm" => time.Hour < 12 ? "am" : "pm",
            "MST" => time.Offset == TimeSpan.Zero ? "UTC" : Offset(time.Offset, "-0700"),
            ['Z', ..] => time.Offset == TimeSpan.Zero ? "Z" : Offset(time.Offset, "-" + element[1..]),
            ['-', ..] => Offset(time.Offset, element),
            _ => Fraction(time, element),
        };
    }

    private static string Offset(TimeSpan offset, string form)
    {
        var sign = offset < TimeSpan.Zero ? '-' : '+';
        var size = offset.Duration();
        return sign + form switch
        {
            "-07" => $"{size.Hours:00}",
            "-0700" => $"{size.Hours:00}{size.Minutes:00}",
            "-07:00" => $"{size.Hours:00}:{size.Minutes:00}",
            _ => $"{size.Hours:00}:{size.Minutes:00}:{size.Seconds:00}",
        };
    }

    /// <summary>Zeros keep their width, nines drop what is zero at the end.</summary>
    private static string Fraction(DateTimeOffset time, string element)
    {
        var width = Math.Min(element.Length - 1, 9);
        var nanoseconds = (time.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick).ToString("000000000", CultureInfo.InvariantCulture)[..width];
        if (element[1] == '0')
        {
            return element[0] + nanoseconds;
        }

        var digits = nanoseconds.TrimEnd('0');
        return digits.Length == 0 ? "" : element[0] + digits;
    }
}
