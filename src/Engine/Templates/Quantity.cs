using System.Globalization;

namespace Argosy.Engine.Templates;

/// <summary>Amounts as Kubernetes writes them: <c>500m</c>, <c>1.5</c>, <c>2Gi</c>, <c>3e6</c>.</summary>
public static class Quantity
{
    private static readonly Dictionary<string, decimal> Suffixes = new(StringComparer.Ordinal)
    {
        [""] = 1, ["n"] = 1e-9m, ["u"] = 1e-6m, ["m"] = 1e-3m, ["k"] = 1e3m, ["M"] = 1e6m, ["G"] = 1e9m, ["T"] = 1e12m, ["P"] = 1e15m, ["E"] = 1e18m,
        ["Ki"] = 1L << 10, ["Mi"] = 1L << 20, ["Gi"] = 1L << 30, ["Ti"] = 1L << 40, ["Pi"] = 1L << 50, ["Ei"] = 1L << 60,
    };

    /// <returns>The amount in its base unit (cores, bytes); null when the text is no quantity.</returns>
    public static decimal? Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        var digits = text.AsSpan().IndexOfAnyExcept("+-.0123456789");
        var suffix = digits < 0 ? "" : text[digits..];
        if (Suffixes.TryGetValue(suffix, out var factor))
        {
            return decimal.TryParse(digits < 0 ? text : text.AsSpan(0, digits), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && Math.Abs(number) <= decimal.MaxValue / Math.Max(factor, 1)
                ? number * factor
                : null;
        }

        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var scientific) ? scientific : null;
    }
}
