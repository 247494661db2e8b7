using System.Globalization;

namespace Argosy.Engine.Expressions.Values;

/// <summary>One text being read as a time, layout element by layout element.</summary>
internal sealed class TimeReading(string text)
{
    private static readonly DateTimeFormatInfo Names = CultureInfo.InvariantCulture.DateTimeFormat;

    private int position;
    private int year;
    private int month = 1;
    private int day = 1;
    private int? dayOfYear;
    private int hour;
    private int minute;
    private int second;
    private long fractionTicks;
    private bool? afternoon;
    private TimeSpan? offset;

    public bool Skip(char expected)
    {
        if (position < text.Length && text[position] == expected)
        {
            position++;
            return true;
        }

        return false;
    }

    public bool Read(string element) => element switch
    {
        "2006" => Number(4, 4, out year),
        "06" => Number(2, 2, out year) && Set(() => year += year >= 69 ? 1900 : 2000),
        "01" => Number(2, 2, out month),
        "1" => Number(1, 2, out month),
        "January" => Name(Names.MonthNames, out month),
        "Jan" => Name(Names.AbbreviatedMonthNames, out month),
        "02" => Number(2, 2, out day),
        "2" => Number(1, 2, out day),
        "_2" => (Skip(' ') || true) && Number(1, 2, out day),
        "002" => Number(3, 3, out var ordinal) && Set(() => dayOfYear = ordinal),
        "Monday" => Name(Names.DayNames, out _),
        "Mon" => Name(Names.AbbreviatedDayNames, out _),
        "15" or "03" => Number(2, 2, out hour),
        "3" => Number(1, 2, out hour),
        "04" => Number(2, 2, out minute),
        "4" => Number(1, 2, out minute),
        "05" => Number(2, 2, out second) && OptionalFraction(),
        "5" => Number(1, 2, out second) && OptionalFraction(),
        "PM" or "pm" => HalfOfDay(),
        "MST" => ZoneName(),
        ['Z', ..] => Skip('Z') ? Set(() => offset = TimeSpan.Zero) : Offset(element[1..]),
        ['-', ..] => Offset(element[1..]),
        _ => FixedFraction(element),
    };

    public DateTimeOffset? Finish(TimeZoneInfo zone)
    {
        if (position != text.Length)
        {
            return null;
        }

        if (afternoon is { } late)
        {
            hour = (hour % 12) + (late ? 12 : 0);
        }

        try
        {
            // Go's year 0 (a layout without a date) has no counterpart here; year 1 stands in for it.
            var local = new DateTime(Math.Max(year, 1), month, day, hour, minute, second, DateTimeKind.Unspecified).AddTicks(fractionTicks);
            local = dayOfYear is { } ordinal ? new DateTime(local.Year, 1, 1).AddDays(ordinal - 1) + local.TimeOfDay : local;
            return new DateTimeOffset(local, offset ?? zone.GetUtcOffset(local));
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static bool Set(Action assign)
    {
        assign();
        return true;
    }

    private bool Number(int fewest, int most, out int number)
    {
        var end = position;
        while (end < text.Length && end - position < most && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        number = 0;
        if (end - position < fewest)
        {
            return false;
        }

        number = int.Parse(text.AsSpan(position, end - position), CultureInfo.InvariantCulture);
        position = end;
        return true;
    }

    private bool Name(string[] names, out int number)
    {
        number = Array.FindIndex(names, name => name.Length > 0 && string.Compare(text, position, name, 0, name.Length, StringComparison.OrdinalIgnoreCase) == 0) + 1;
        if (number == 0)
        {
            return false;
        }

        position += names[number - 1].Length;
        return true;
    }

    /// <summary>Go reads a fraction after the seconds even where the layout shows none.</summary>
    private bool OptionalFraction()
    {
        if (position + 1 < text.Length && text[position] is '.' or ',' && char.IsAsciiDigit(text[position + 1]))
        {
            ReadFraction();
        }

        return true;
    }

    private bool FixedFraction(string element)
    {
        if (fractionTicks != 0)
        {
            return true;
        }

        if (position + 1 < text.Length && text[position] == element[0] && char.IsAsciiDigit(text[position + 1]))
        {
            ReadFraction();
            return true;
        }

        return element[1] == '9';
    }

    private void ReadFraction()
    {
        position++;
        var unit = TimeSpan.TicksPerSecond / 10;
        for (; position < text.Length && char.IsAsciiDigit(text[position]); position++, unit /= 10)
        {
            fractionTicks += (text[position] - '0') * unit;
        }
    }

    private bool HalfOfDay()
    {
        var word = text.AsSpan(position, Math.Min(2, text.Length - position));
        if (!word.Equals("AM", StringComparison.OrdinalIgnoreCase) && !word.Equals("PM", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        afternoon = word[0] is 'P' or 'p';
        position += 2;
        return true;
    }

    /// <summary>Of zone abbreviations only UTC and GMT have a meaning without a place; others are read as UTC, as Go does.</summary>
    private bool ZoneName()
    {
        var end = position;
        while (end < text.Length && char.IsAsciiLetterUpper(text[end]))
        {
            end++;
        }

        var length = end - position;
        position = end;
        offset = TimeSpan.Zero;
        return length is 3 or 4;
    }

    private bool Offset(string form)
    {
        var negative = position < text.Length && text[position] == '-';
        if (!negative && !(position < text.Length && text[position] == '+'))
        {
            return false;
        }

        position++;
        var minutes = 0;
        if (!Number(2, 2, out var hours) || (form.Contains(':') && !Skip(':')) || (form.Length > 2 && !Number(2, 2, out minutes)))
        {
            return false;
        }

        var size = new TimeSpan(hours, minutes, 0);
        offset = negative ? -size : size;
        return true;
    }
}
