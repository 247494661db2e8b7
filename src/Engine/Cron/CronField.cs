using System.Globalization;

namespace Argosy.Engine.Cron;

/// <summary>
/// The values that one field of a cron expression names.
/// <code>
/// field = range { "," range }
/// range = ( "*" | "?" | value [ "-" value ] ) [ "/" step ]
/// value = number | name        ; names only of months and days of the week, in any case
/// </code>
/// <c>N/step</c> means from N to the end. <c>*</c> and <c>?</c> are the same.
/// </summary>
internal readonly record struct CronField(ulong Values, bool IsStar)
{
    public bool Has(int value) => (Values & (1UL << value)) != 0;

    /// <exception cref="FormatException">The text is not a field within these bounds.</exception>
    public static CronField Parse(string text, CronBounds bounds)
    {
        var (values, isStar) = (0UL, false);
        foreach (var range in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var part = ParseRange(range, bounds);
            (values, isStar) = (values | part.Values, isStar || part.IsStar);
        }

        return new CronField(values, isStar);
    }

    private static CronField ParseRange(string text, CronBounds bounds)
    {
        var stepped = text.Split('/');
        var ends = stepped[0].Split('-');
        var isStar = ends[0] is "*" or "?";
        var (first, last) = isStar ? (bounds.Least, bounds.Most) : ends switch
        {
            [var only] => (Value(only, bounds), Value(only, bounds)),
            [var low, var high] => (Value(low, bounds), Value(high, bounds)),
            _ => throw new FormatException($"too many hyphens: {text}"),
        };
        var step = 1;
        if (stepped.Length > 2)
        {
            throw new FormatException($"too many slashes: {text}");
        }

        if (stepped.Length == 2)
        {
            step = Number(stepped[1]);
            last = ends.Length == 1 ? bounds.Most : last;
        }

        CheckRange(text, first, last, step, bounds);
        var values = 0UL;
        for (long value = first; value <= last; value += step)
        {
            values |= 1UL << (int)value;
        }

        return new CronField(values, isStar && step == 1);
    }

    private static void CheckRange(string text, int first, int last, int step, CronBounds bounds)
    {
        if (first < bounds.Least)
        {
            throw new FormatException($"beginning of range ({first}) below minimum ({bounds.Least}): {text}");
        }

        if (last > bounds.Most)
        {
            throw new FormatException($"end of range ({last}) above maximum ({bounds.Most}): {text}");
        }

        if (first > last)
        {
            throw new FormatException($"beginning of range ({first}) beyond end of range ({last}): {text}");
        }

        if (step == 0)
        {
            throw new FormatException($"step of range should be a positive number: {text}");
        }
    }

    private static int Value(string text, CronBounds bounds)
    {
        var name = Array.FindIndex(bounds.Names, name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        return name >= 0 ? name + bounds.Least : Number(text);
    }

    private static int Number(string text)
    {
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            throw new FormatException($"failed to parse int from {text}");
        }

        return number >= 0 ? number : throw new FormatException($"negative number ({number}) not allowed: {text}");
    }
}

/// <summary>What a field of a cron expression may hold.</summary>
/// <param name="Names">Names of the values from the least on; may be empty.</param>
internal sealed record CronBounds(int Least, int Most, string[] Names)
{
    public static readonly CronBounds Minutes = new(0, 59, []);

    public static readonly CronBounds Hours = new(0, 23, []);

    public static readonly CronBounds DaysOfMonth = new(1, 31, []);

    public static readonly CronBounds Months =
        new(1, 12, ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]);

    public static readonly CronBounds DaysOfWeek = new(0, 6, ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]);
}
