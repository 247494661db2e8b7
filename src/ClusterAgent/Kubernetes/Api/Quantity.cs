using System.Globalization;

namespace Argosy.ClusterAgent.Kubernetes.Api;

/// <summary>Amounts as Kubernetes writes them: <c>500m</c>, <c>1.5</c>, <c>2Gi</c>, <c>3e6</c>.</summary>
internal static class Quantity
{
    private static readonly Dictionary<string, decimal> Suffixes = new(StringComparer.Ordinal)
    {
        [""] = 1, ["n"] = 1e-9m, ["u"] = 1e-6m, ["m"] = 1e-3m, ["k"] = 1e3m, ["M"] = 1e6m, ["G"] = 1e9m, ["T"] = 1e12m, ["P"] = 1e15m, ["E"] = 1e18m,
        ["Ki"] = 1L << 10, ["Mi"] = 1L << 20, ["Gi"] = 1L << 30, ["Ti"] = 1L << 40, ["Pi"] = 1L << 50, ["Ei"] = 1L << 60,
    };

    /// <summary>
    /// The amount in the units of <see cref="Contracts.Agents.Capacity"/>: cores in thousandths, all else as it is counted; rounded up. Null: the
    /// text is no amount.
    /// </summary>
    public static long? BaseUnits(string resource, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        var digits = text.AsSpan().IndexOfAnyExcept("+-.0123456789");
        var suffix = digits < 0 ? "" : text[digits..];
        var known = Suffixes.TryGetValue(suffix, out var factor);
        if (!decimal.TryParse(known && digits >= 0 ? text.AsSpan(0, digits) : text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        factor = (known ? factor : 1) * (resource.EndsWith("cpu", StringComparison.Ordinal) ? 1000 : 1);
        return Math.Abs(number) > long.MaxValue / Math.Max(factor, 1) ? null : (long)Math.Ceiling(number * factor);
    }
}
