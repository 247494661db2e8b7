namespace Argosy.Engine.Expressions.Values;

/// <summary>Equality and order of values. An int equals the float of the same size; other types never equal one another.</summary>
internal static class Comparison
{
    public static bool Equals(object? left, object? right, Budget budget, int depth = 0)
    {
        Value.CheckDepth(depth);
        budget.Spend(1);
        return (left, right) switch
        {
            (null, null) => true,
            (null, _) or (_, null) => false,
            (long a, long b) => a == b,
            (long or double, long or double) => Convert.ToDouble(left, null) == Convert.ToDouble(right, null),
            (string a, string b) => string.Equals(a, b, StringComparison.Ordinal),
            (DateTimeOffset, string) or (string, DateTimeOffset) => TryOrder(left, right) == 0,
            (List<object?> a, List<object?> b) =>
                a.Count == b.Count && a.Zip(b).All(pair => Equals(pair.First, pair.Second, budget, depth + 1)),
            (ValueMap a, ValueMap b) =>
                a.Count == b.Count && a.All(entry => b.TryGetValue(entry.Key, out var other) && Equals(entry.Value, other, budget, depth + 1)),
            _ => left.Equals(right),
        };
    }

    /// <summary>Below, equal or above zero; null when the two cannot be ordered. NaN is ordered below every number.</summary>
    public static int? TryOrder(object? left, object? right) => (left, right) switch
    {
        (long a, long b) => a.CompareTo(b),
        (long or double, long or double) => Convert.ToDouble(left, null).CompareTo(Convert.ToDouble(right, null)),
        (string a, string b) => string.CompareOrdinal(a, b),
        (DateTimeOffset a, DateTimeOffset b) => a.CompareTo(b),
        (TimeSpan a, TimeSpan b) => a.CompareTo(b),
        (DateTimeOffset a, string b) => TimeIn(b) is { } time ? a.CompareTo(time) : null,
        (string a, DateTimeOffset b) => TimeIn(a) is { } time ? time.CompareTo(b) : null,
        _ => null,
    };

    /// <summary>Variables are text, so a time may arrive as RFC 3339 and still be compared with a time.</summary>
    public static DateTimeOffset? TimeIn(object? value) => value switch
    {
        DateTimeOffset time => time,
        string text => GoTime.TryParse(text, GoTime.Rfc3339, TimeZoneInfo.Utc),
        _ => null,
    };
}
