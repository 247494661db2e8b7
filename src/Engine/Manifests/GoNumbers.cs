using System.Globalization;

namespace Argosy.Engine.Manifests;

/// <summary>Floating-point numbers as Go's encoding/json writes them, and with it every Kubernetes tool.</summary>
internal static class GoNumbers
{
    /// <summary>The shortest text that reads back as the value; with an exponent only below 1e-6 and from 1e21 on.</summary>
    public static string Format(double value)
    {
        if (value == 0)
        {
            return double.IsNegative(value) ? "-0" : "0";
        }

        var shortest = value.ToString("R", CultureInfo.InvariantCulture);
        if (!shortest.Contains('E', StringComparison.Ordinal))
        {
            return shortest;
        }

        return Math.Abs(value) is >= 1e-6 and < 1e21 ? Unfold(shortest) : WithGoExponent(shortest);
    }

    /// <summary>Writes a number such as 1.5E+16 without its exponent.</summary>
    private static string Unfold(string text)
    {
        var (mantissa, exponent) = Split(text);
        var sign = mantissa[0] == '-' ? "-" : "";
        var digits = mantissa.TrimStart('-');
        var point = digits.IndexOf('.', StringComparison.Ordinal);
        var integers = point < 0 ? digits.Length : point;
        digits = digits.Replace(".", "", StringComparison.Ordinal);
        var place = integers + exponent;
        return place <= 0
            ? sign + "0." + new string('0', -place) + digits
            : sign + (place >= digits.Length ? digits.PadRight(place, '0') : digits[..place] + "." + digits[place..]);
    }

    private static string WithGoExponent(string text)
    {
        var (mantissa, exponent) = Split(text);
        return string.Create(CultureInfo.InvariantCulture, $"{mantissa}e{(exponent < 0 ? "-" : "+")}{Math.Abs(exponent)}");
    }

    private static (string Mantissa, int Exponent) Split(string text)
    {
        var at = text.IndexOf('E', StringComparison.Ordinal);
        return (text[..at], int.Parse(text[(at + 1)..], CultureInfo.InvariantCulture));
    }
}
