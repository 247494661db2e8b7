using System.Buffers;
using System.Globalization;
using System.Text;

namespace Argosy.Engine.Expressions.Values;

/// <summary>
/// Durations as Go writes them: <c>1h30m0s</c>, <c>250ms</c>, <c>-1.5s</c>. Precision is 100 ns, the tick of a <see cref="TimeSpan"/>.
/// </summary>
internal static class GoDuration
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    private static readonly (string Unit, decimal Ticks)[] Units =
    [
        ("ns", 0.01m), ("us", 10), ("µs", 10), ("μs", 10), ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond), ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour),
    ];

    public static TimeSpan Parse(string text)
    {
        var rest = text.AsSpan();
        var negative = rest.StartsWith("-");
        rest = negative || rest.StartsWith("+") ? rest[1..] : rest;
        if (rest is "0")
        {
            return TimeSpan.Zero;
        }

        decimal ticks = 0;
        try
        {
            do
            {
                ticks += ReadPart(ref rest);
            }
            while (!rest.IsEmpty);
            return TimeSpan.FromTicks((long)(negative ? -ticks : ticks));
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new ExpressionException($"invalid duration \"{text}\"");
        }
    }

    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
        {
            return "0s";
        }

        var text = new StringBuilder(duration < TimeSpan.Zero ? "-" : "");
        var ticks = Math.Abs((decimal)duration.Ticks);
        if (ticks < TimeSpan.TicksPerSecond)
        {
            var (unit, size) = ticks < 10 ? ("ns", 0.01m) : ticks < TimeSpan.TicksPerMillisecond ? ("µs", 10m) : ("ms", TimeSpan.TicksPerMillisecond);
            return text.Append(CultureInfo.InvariantCulture, $"{ticks / size:0.######}").Append(unit).ToString();
        }

        var hours = decimal.Truncate(ticks / TimeSpan.TicksPerHour);
        var minutes = decimal.Truncate(ticks % TimeSpan.TicksPerHour / TimeSpan.TicksPerMinute);
        if (hours > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{hours:0}h");
        }

        if (hours > 0 || minutes > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{minutes:0}m");
        }

        return text.Append(CultureInfo.InvariantCulture, $"{ticks % TimeSpan.TicksPerMinute / TimeSpan.TicksPerSecond:0.#######}s").ToString();
    }

    private static decimal ReadPart(ref ReadOnlySpan<char> rest)
    {
        var digits = rest.IndexOfAnyExcept(Digits);
        if (digits <= 0)
        {
            throw new FormatException();
        }

        var amount = decimal.Parse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
        rest = rest[digits..];
        var letters = rest.IndexOfAny(Digits);
        var name = letters < 0 ? rest : rest[..letters];
        foreach (var (unit, ticks) in Units)
        {
            if (name.SequenceEqual(unit))
            {
                rest = rest[name.Length..];
                return amount * ticks;
            }
        }

        throw new FormatException();
    }
}
