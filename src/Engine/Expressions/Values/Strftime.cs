using System.Globalization;
using System.Text;

namespace Argosy.Engine.Expressions.Values;

/// <summary>Times in the notation of C's <c>strftime</c>, in English and UTC.</summary>
internal static class Strftime
{
    private static readonly CultureInfo English = CultureInfo.InvariantCulture;

    /// <summary>A letter that means nothing stays as it is.</summary>
    public static string Format(string format, DateTimeOffset time)
    {
        var text = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] == '%' && i + 1 < format.Length)
            {
                i++;
                text.Append(Field(format[i], time) ?? $"%{format[i]}");
            }
            else
            {
                text.Append(format[i]);
            }
        }

        return text.ToString();
    }

    /// <summary>What one letter stands for, or null.</summary>
    public static string? Field(char letter, DateTimeOffset time) => letter switch
    {
        'Y' => time.ToString("yyyy", English),
        'C' => (time.Year / 100).ToString("00", English),
        'y' => time.ToString("yy", English),
        'm' => time.ToString("MM", English),
        'B' => time.ToString("MMMM", English),
        'b' or 'h' => time.ToString("MMM", English),
        'd' => time.ToString("dd", English),
        'e' => time.Day.ToString(English).PadLeft(2),
        'j' => time.DayOfYear.ToString("000", English),
        'A' => time.ToString("dddd", English),
        'a' => time.ToString("ddd", English),
        'u' => (time.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)time.DayOfWeek).ToString(English),
        'w' => ((int)time.DayOfWeek).ToString(English),
        'U' => ((time.DayOfYear + 6 - (int)time.DayOfWeek) / 7).ToString("00", English),
        'V' => ISOWeek.GetWeekOfYear(time.DateTime).ToString("00", English),
        'G' => ISOWeek.GetYear(time.DateTime).ToString("0000", English),
        'H' => time.ToString("HH", English),
        'k' => time.Hour.ToString(English).PadLeft(2),
        'I' => time.ToString("hh", English),
        'l' => (((time.Hour + 11) % 12) + 1).ToString(English).PadLeft(2),
        'M' => time.ToString("mm", English),
        'S' => time.ToString("ss", English),
        'L' => time.ToString("'.'fff", English),
        'f' => time.ToString("ffffff", English),
        'p' => time.ToString("tt", English),
        's' => time.ToUnixTimeSeconds().ToString(English),
        'Z' => "UTC",
        'z' => "+0000",
        'F' => time.ToString("yyyy-MM-dd", English),
        'T' => time.ToString("HH:mm:ss", English),
        'R' => time.ToString("HH:mm", English),
        'D' => time.ToString("MM'/'dd'/'yy", English),
        'c' => time.ToString("ddd MMM ", English) + time.Day.ToString(English).PadLeft(2) + time.ToString(" HH:mm:ss yyyy", English),
        'n' => "\n",
        't' => "\t",
        '%' => "%",
        _ => null,
    };

    /// <summary>The time a text says, or null when it does not follow the format. What the format does not name is that of 1900-01-01.</summary>
    public static DateTimeOffset? TryParse(string text, string format)
    {
        var parts = new Parts();
        var at = 0;
        var pattern = format
            .Replace("%F", "%Y-%m-%d", StringComparison.Ordinal).Replace("%T", "%H:%M:%S", StringComparison.Ordinal)
            .Replace("%R", "%H:%M", StringComparison.Ordinal).Replace("%D", "%m/%d/%y", StringComparison.Ordinal)
            .Replace("%c", "%a %b %e %H:%M:%S %Y", StringComparison.Ordinal);
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '%' && i + 1 < pattern.Length)
            {
                i++;
                if (!parts.Take(pattern[i], text, ref at))
                {
                    return null;
                }
            }
            else if (char.IsWhiteSpace(pattern[i]))
            {
                SkipBlanks(text, ref at);
            }
            else if (at >= text.Length || text[at++] != pattern[i])
            {
                return null;
            }
        }

        return at == text.Length ? parts.Time() : null;
    }

    private static void SkipBlanks(string text, ref int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }
    }

    private sealed class Parts
    {
        private int year = 1900;
        private int month = 1;
        private int day = 1;
        private int hour;
        private int minute;
        private int second;
        private bool? afternoon;
        private int? dayOfYear;
        private long? unix;
        private double fraction;
        private TimeSpan offset;

        public bool Take(char letter, string text, ref int at)
        {
            switch (letter)
            {
                case 'Y':
                    return Number(text, ref at, 4, 1, 9999, out year);
                case 'y':
                    var isYear = Number(text, ref at, 2, 0, 99, out var ofCentury);
                    year = ofCentury + (ofCentury < 69 ? 2000 : 1900);
                    return isYear;
                case 'm':
                    return Number(text, ref at, 2, 1, 12, out month);
                case 'd' or 'e':
                    SkipBlanks(text, ref at);
                    return Number(text, ref at, 2, 1, 31, out day);
                case 'H' or 'k':
                    SkipBlanks(text, ref at);
                    return Number(text, ref at, 2, 0, 23, out hour);
                case 'I' or 'l':
                    SkipBlanks(text, ref at);
                    return Number(text, ref at, 2, 1, 12, out hour);
                case 'M':
                    return Number(text, ref at, 2, 0, 59, out minute);
                case 'S':
                    return Number(text, ref at, 2, 0, 60, out second);
                case 'f':
                    return Fraction(text, ref at);
                case 'j':
                    var isDay = Number(text, ref at, 3, 1, 366, out var ordinal);
                    dayOfYear = ordinal;
                    return isDay;
                case 'B' or 'b' or 'h':
                    return Name(English.DateTimeFormat.MonthNames, English.DateTimeFormat.AbbreviatedMonthNames, text, ref at, out month);
                case 'A' or 'a':
                    return Name(English.DateTimeFormat.DayNames, English.DateTimeFormat.AbbreviatedDayNames, text, ref at, out _);
                case 'p':
                    var isHalf = Name(["AM", "PM"], ["AM", "PM"], text, ref at, out var half);
                    afternoon = half == 2;
                    return isHalf;
                case 's':
                    var start = at;
                    while (at < text.Length && char.IsAsciiDigit(text[at]))
                    {
                        at++;
                    }

                    unix = long.TryParse(text.AsSpan(start, at - start), NumberStyles.None, English, out var seconds) ? seconds : null;
                    return unix is not null;
                case 'z':
                    return Offset(text, ref at);
                case 'Z':
                    while (at < text.Length && char.IsAsciiLetter(text[at]))
                    {
                        at++;
                    }

                    return true;
                case 'n' or 't':
                    SkipBlanks(text, ref at);
                    return true;
                case '%':
                    return at < text.Length && text[at++] == '%';
                default:
                    return false;
            }
        }

        public DateTimeOffset? Time()
        {
            try
            {
                if (unix is { } moment)
                {
                    return DateTimeOffset.FromUnixTimeSeconds(moment);
                }

                var hours = afternoon is { } late ? (hour % 12) + (late ? 12 : 0) : hour;
                var date = dayOfYear is { } ordinal ? new DateTime(year, 1, 1).AddDays(ordinal - 1) : new DateTime(year, month, day);
                return new DateTimeOffset(date, TimeSpan.Zero).AddHours(hours).AddMinutes(minute).AddSeconds(second + fraction) - offset;
            }
            catch (ArgumentException)
            {
                return null;
            }
        }

        private bool Fraction(string text, ref int at)
        {
            var start = at;
            while (at < text.Length && at - start < 9 && char.IsAsciiDigit(text[at]))
            {
                at++;
            }

            return double.TryParse($"0.{text.AsSpan(start, at - start)}", NumberStyles.AllowDecimalPoint, English, out fraction) && at > start;
        }

        private bool Offset(string text, ref int at)
        {
            if (at < text.Length && text[at] == 'Z')
            {
                at++;
                return true;
            }

            if (at >= text.Length || text[at] is not ('+' or '-'))
            {
                return false;
            }

            var sign = text[at++] == '-' ? -1 : 1;
            if (!Number(text, ref at, 2, 0, 23, out var hours))
            {
                return false;
            }

            at += at < text.Length && text[at] == ':' ? 1 : 0;
            var isWhole = Number(text, ref at, 2, 0, 59, out var minutes);
            offset = sign * new TimeSpan(hours, minutes, 0);
            return isWhole;
        }

        private static bool Number(string text, ref int at, int digits, int least, int most, out int number)
        {
            var start = at;
            while (at < text.Length && at - start < digits && char.IsAsciiDigit(text[at]))
            {
                at++;
            }

            return int.TryParse(text.AsSpan(start, at - start), NumberStyles.None, English, out number) && number >= least && number <= most;
        }

        private static bool Name(string[] names, string[] shortNames, string text, ref int at, out int number)
        {
            foreach (var candidates in new[] { names, shortNames })
            {
                for (number = 1; number <= candidates.Length; number++)
                {
                    var name = candidates[number - 1];
                    if (name.Length > 0 && string.Compare(text, at, name, 0, name.Length, StringComparison.OrdinalIgnoreCase) == 0)
                    {
                        at += name.Length;
                        return true;
                    }
                }
            }

            number = 0;
            return false;
        }
    }
}
