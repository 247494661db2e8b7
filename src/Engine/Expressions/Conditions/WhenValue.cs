using System.Globalization;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Conditions;

/// <summary>A condition's values are bool, double, string, a list of these in parentheses, and null for a conditional without its other half.</summary>
internal static class WhenValue
{
    private static readonly string[] DateLayouts =
    [
        "2006-01-02", "2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02 15:04:05-07:00", "2006-01-02T15Z0700", "2006-01-02T15:04Z0700",
        "2006-01-02T15:04:05Z0700", GoTime.Rfc3339, "Mon Jan _2 15:04:05 2006", "Mon Jan _2 15:04:05 MST 2006", "Mon Jan 02 15:04:05 -0700 2006", "3:04PM",
    ];

    /// <summary>Quoted text that looks like a date is its moment in seconds since 1970: that is how dates can be compared at all.</summary>
    public static object OfQuoted(string text)
    {
        // Every layout has a digit in it and none is longer.
        if (text.Length is > 5 and < 40 && text.AsSpan().ContainsAnyInRange('0', '9'))
        {
            foreach (var layout in DateLayouts)
            {
                if (GoTime.TryParse(text, layout, TimeZoneInfo.Utc) is { } time)
                {
                    return (double)time.ToUnixTimeSeconds();
                }
            }
        }

        return text;
    }

    public static string Text(object? value) => value switch
    {
        null => "<nil>",
        bool flag => flag ? "true" : "false",
        double number => GoText.OfFloat(number),
        List<object?> list => $"[{string.Join(' ', list.Select(Text))}]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    /// <summary>Values of different types are different: the text "1" is not the number 1, "true" not true.</summary>
    public static bool AreEqual(object? left, object? right) => left is List<object?> a && right is List<object?> b
        ? a.SequenceEqual(b)
        : Equals(left, right);
}
