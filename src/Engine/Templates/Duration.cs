using System.Globalization;

namespace Argosy.Engine.Templates;

/// <summary>Durations as manifests write them.</summary>
public static class Duration
{
    /// <summary>
    /// Parses Go's form (<c>1h30m</c>, <c>500ms</c>, <c>1.5s</c>); a bare number means seconds where Argo allows one.
    /// </summary>
    /// <returns>The duration, or null when the text is none.</returns>
    public static TimeSpan? Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && double.IsFinite(seconds))
        {
            return Seconds(seconds);
        }

        var rest = text.AsSpan().Trim();
        var negative = rest.StartsWith("-");
        if (negative || rest.StartsWith("+"))
        {
            rest = rest[1..];
        }

        double total = 0;
        while (rest.Length > 0)
        {
            var digits = rest.IndexOfAnyExcept("0123456789.");
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            rest = rest[digits..];
            var unit = rest.IndexOfAny("0123456789.");
            if (UnitSeconds(unit < 0 ? rest : rest[..unit]) is not { } factor)
            {
                return null;
            }

            total += number * factor;
            rest = unit < 0 ? [] : rest[unit..];
        }

        return Seconds(negative ? -total : total);
    }

    private static TimeSpan? Seconds(double seconds) =>
        Math.Abs(seconds) < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(seconds) : null;

    private static double? UnitSeconds(ReadOnlySpan<char> unit) => unit switch
    {
        "ns" => 1e-9,
        "us" or "µs" or "μs" => 1e-6,
        "ms" => 1e-3,
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86400,
        _ => null,
    };
}
