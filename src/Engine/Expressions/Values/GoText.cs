using System.Globalization;
using System.Text;

namespace Argosy.Engine.Expressions.Values;

/// <summary>Values as Go's <c>%v</c> prints them: what <c>string(x)</c> gives.</summary>
internal static class GoText
{
    public static string Of(object? value)
    {
        switch (value)
        {
            case null:
                return "<nil>";
            case string text:
                return text;
            case bool flag:
                return flag ? "true" : "false";
            case long number:
                return number.ToString(CultureInfo.InvariantCulture);
            case double number:
                return OfFloat(number);
            case TimeSpan duration:
                return GoDuration.Format(duration);
            case DateTimeOffset time:
                return GoTime.Format(time, "2006-01-02 15:04:05.999999999 -0700 MST");
            default:
                var nested = new StringBuilder();
                Append(nested, value, depth: 0);
                return nested.ToString();
        }
    }

    /// <summary>A float in Go's shortest general form, which turns to exponents early: a million is 1e+06.</summary>
    public static string OfFloat(double number) => OfFloat(number, smallest: -4, firstExponent: 6, twoDigitExponent: true);

    /// <summary>A finite float as Go's JSON encoder writes it.</summary>
    public static string OfJsonFloat(double number) => OfFloat(number, smallest: -6, firstExponent: 21, twoDigitExponent: false);

    private static string OfFloat(double number, int smallest, int firstExponent, bool twoDigitExponent)
    {
        if (double.IsNaN(number))
        {
            return "NaN";
        }

        if (double.IsInfinity(number))
        {
            return number > 0 ? "+Inf" : "-Inf";
        }

        if (number == 0)
        {
            return double.IsNegative(number) ? "-0" : "0";
        }

        // "R" is the shortest text that reads back as the same number.
        var shortest = number.ToString("R", CultureInfo.InvariantCulture);
        var (digits, exponent) = Decompose(shortest.AsSpan().TrimStart('-'));
        var sign = number < 0 ? "-" : "";
        if (exponent < smallest || exponent >= firstExponent)
        {
            var mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}";
            var size = Math.Abs(exponent).ToString(twoDigitExponent ? "00" : "0", CultureInfo.InvariantCulture);
            return $"{sign}{mantissa}e{(exponent < 0 ? '-' : '+')}{size}";
        }

        if (exponent < 0)
        {
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        }

        return digits.Length <= exponent + 1
            ? sign + digits.PadRight(exponent + 1, '0')
            : $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }

    /// <summary>The significant digits and the decimal exponent of the first of them.</summary>
    private static (string Digits, int Exponent) Decompose(ReadOnlySpan<char> text)
    {
        var exponent = 0;
        var mark = text.IndexOf('E');
        if (mark >= 0)
        {
            exponent = int.Parse(text[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            text = text[..mark];
        }

        var point = text.IndexOf('.');
        var whole = point < 0 ? text : text[..point];
        var all = string.Concat(whole, point < 0 ? default : text[(point + 1)..]);
        var leading = all.Length - all.TrimStart('0').Length;
        var digits = all.Trim('0');
        return (digits, exponent + whole.Length - 1 - leading);
    }

    private static void Append(StringBuilder text, object? value, int depth)
    {
        Value.CheckDepth(depth);
        switch (value)
        {
            case List<object?> list:
                text.Append('[');
                for (var i = 0; i < list.Count; i++)
                {
                    text.Append(i == 0 ? "" : " ");
                    Append(text, list[i], depth + 1);
                }

                text.Append(']');
                break;
            case ValueMap map:
                text.Append("map[");
                var first = true;
                foreach (var key in map.SortedKeys())
                {
                    text.Append(first ? "" : " ").Append(key).Append(':');
                    first = false;
                    Append(text, map[key], depth + 1);
                }

                text.Append(']');
                break;
            default:
                text.Append(Of(value));
                break;
        }

        if (text.Length > JsonText.MaxLength)
        {
            throw new ExpressionException("a value is too large to be written as text");
        }
    }
}
