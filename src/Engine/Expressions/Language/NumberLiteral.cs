using System.Globalization;

namespace Argosy.Engine.Expressions.Language;

/// <summary>Numbers as written: decimal, <c>0x</c>, <c>0o</c> and <c>0b</c> are ints; a point or an exponent makes a float.</summary>
internal static class NumberLiteral
{
    public static object Read(Token token)
    {
        var text = token.Text;
        var prefix = text.Length > 1 && text[0] == '0' ? char.ToLowerInvariant(text[1]) : '\0';
        try
        {
            return prefix switch
            {
                'x' => Whole(text, 16),
                'o' => Whole(text, 8),
                'b' => Whole(text, 2),
                _ when text.AsSpan().ContainsAny('.', 'e', 'E') => Finite(double.Parse(text, CultureInfo.InvariantCulture)),
                _ => (object)long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture),
            };
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            throw new ExpressionException($"bad number {text} at character {token.Position + 1}");
        }
    }

    private static long Whole(string text, int fromBase) =>
        Convert.ToInt64(text[2..], fromBase) is >= 0 and var number ? number : throw new OverflowException();

    private static double Finite(double number) => double.IsFinite(number) ? number : throw new OverflowException();
}
