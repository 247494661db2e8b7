using System.Globalization;
using Argosy.Engine.Expressions.Functions;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Sprig;

/// <summary>Sprig's forgiving conversions: whatever is not a number counts as zero, whatever is not a list is a list of itself.</summary>
internal static class Loose
{
    public static long Integer(object? value) => value switch
    {
        long number => number,
        double number => double.IsFinite(number) && Math.Abs(number) < long.MaxValue ? (long)number : 0,
        bool flag => flag ? 1 : 0,
        TimeSpan duration => unchecked(duration.Ticks * TimeSpan.NanosecondsPerTick),
        string text when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => Integer(number),
        _ => 0,
    };

    public static double Float(object? value) => value switch
    {
        long number => number,
        double number => number,
        bool flag => flag ? 1 : 0,
        string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        _ => 0,
    };

    public static List<string> Texts(object? value) => value switch
    {
        null => [],
        List<object?> list => [.. list.Where(item => item is not null).Select(GoText.Of)],
        _ => [GoText.Of(value)],
    };

    public static bool IsEmpty(object? value) => value switch
    {
        null or false or 0L or 0d or "" => true,
        List<object?> list => list.Count == 0,
        ValueMap map => map.Count == 0,
        TimeSpan duration => duration == TimeSpan.Zero,
        _ => false,
    };

    /// <summary>A count that is used as a size, between zero and what memory allows.</summary>
    public static int Size(Arguments arguments, int position)
    {
        var size = Integer(arguments[position]);
        arguments.Budget.SpendText(Math.Max(size, 0));
        return (int)Math.Clamp(size, 0, JsonText.MaxLength);
    }
}
