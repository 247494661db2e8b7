using System.Globalization;

namespace Argosy.Cli.Output;

/// <summary>Times as people say them.</summary>
internal static class Durations
{
    private static readonly (string Name, long Seconds)[] Units = [("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)];

    /// <summary>The largest unit alone: <c>5m</c>.</summary>
    public static string Short(TimeSpan duration)
    {
        var seconds = Seconds(duration);
        var (name, size) = Units.First(unit => seconds >= unit.Seconds || unit.Seconds == 1);
        return $"{seconds / size}{name[0]}";
    }

    /// <summary>From a start to a finish, or to now for what goes on; empty for what has not begun.</summary>
    public static string Short(DateTimeOffset? start, DateTimeOffset? finish, DateTimeOffset now) =>
        start is { } begun ? Short((finish ?? now) - begun) : "";

    /// <summary>The two largest units in words: <c>1 minute 5 seconds</c>.</summary>
    public static string Long(TimeSpan duration)
    {
        var seconds = Seconds(duration);
        var largest = Array.FindIndex(Units, unit => seconds >= unit.Seconds || unit.Seconds == 1);
        var words = Count(seconds / Units[largest].Seconds, Units[largest].Name);
        if (largest + 1 < Units.Length && seconds % Units[largest].Seconds / Units[largest + 1].Seconds is > 0 and var rest)
        {
            words += " " + Count(rest, Units[largest + 1].Name);
        }

        return words;
    }

    /// <summary>A point in time, and how long ago it was: <c>Fri Jan 02 03:04:05 +0000 (2 hours ago)</c>.</summary>
    public static string Timestamp(DateTimeOffset time, DateTimeOffset now)
    {
        var written = time.UtcDateTime.ToString("ddd MMM dd HH:mm:ss '+0000'", CultureInfo.InvariantCulture);
        return $"{written} ({Relative(now - time)})";
    }

    private static string Relative(TimeSpan ago)
    {
        var seconds = Seconds(ago.Duration());
        if (seconds == 0)
        {
            return "now";
        }

        var (name, size) = Units.First(unit => seconds >= unit.Seconds);
        return $"{Count(seconds / size, name)} {(ago > TimeSpan.Zero ? "ago" : "from now")}";
    }

    private static string Count(long number, string unit) => number == 1 ? $"1 {unit}" : $"{number} {unit}s";

    private static long Seconds(TimeSpan duration) => Math.Max(0, (long)duration.TotalSeconds);
}
