using System.Globalization;
using Argosy.Engine.Expressions.Functions;

namespace Argosy.Engine.Expressions.Sprig;

internal static class SprigNumbers
{
    public static void AddTo(FunctionTable table)
    {
        table.Add("atoi", 1, a => long.TryParse(a.Text(0), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0);
        table.Add("int", 1, a => Loose.Integer(a[0]));
        table.Add("int64", 1, a => Loose.Integer(a[0]));
        table.Add("float64", 1, a => Loose.Float(a[0]));
        table.Add("toDecimal", 1, a => FromOctal(a));
        table.Add("add1", 1, a => unchecked(Loose.Integer(a[0]) + 1));
        table.Add("add", 0, int.MaxValue, a => a.From(0).Aggregate(0L, (sum, value) => unchecked(sum + Loose.Integer(value))));
        table.Add("sub", 2, a => unchecked(Loose.Integer(a[0]) - Loose.Integer(a[1])));
        table.Add("mul", 1, int.MaxValue, a => a.From(0).Aggregate(1L, (product, value) => unchecked(product * Loose.Integer(value))));
        table.Add("div", 2, a => Divide(a, (left, right) => right == -1 ? unchecked(-left) : left / right));
        table.Add("mod", 2, a => Divide(a, (left, right) => right == -1 ? 0 : left % right));
        table.Add("add1f", 1, a => Loose.Float(a[0]) + 1);
        table.Add("addf", 0, int.MaxValue, a => a.From(0).Sum(Loose.Float));
        table.Add("subf", 1, int.MaxValue, a => a.From(1).Aggregate(Loose.Float(a[0]), (left, right) => left - Loose.Float(right)));
        table.Add("mulf", 1, int.MaxValue, a => a.From(1).Aggregate(Loose.Float(a[0]), (left, right) => left * Loose.Float(right)));
        table.Add("divf", 1, int.MaxValue, a => a.From(1).Aggregate(Loose.Float(a[0]), (left, right) => left / Loose.Float(right)));
        table.Add("max", 1, int.MaxValue, a => a.From(0).Max(Loose.Integer));
        table.Add("biggest", 1, int.MaxValue, a => a.From(0).Max(Loose.Integer));
        table.Add("min", 1, int.MaxValue, a => a.From(0).Min(Loose.Integer));
        table.Add("maxf", 1, int.MaxValue, a => a.From(0).Max(Loose.Float));
        table.Add("minf", 1, int.MaxValue, a => a.From(0).Min(Loose.Float));
        table.Add("ceil", 1, a => Math.Ceiling(Loose.Float(a[0])));
        table.Add("floor", 1, a => Math.Floor(Loose.Float(a[0])));
        table.Add("round", 2, 3, a => Round(Loose.Float(a[0]), Loose.Integer(a[1]), a.Count == 3 ? Loose.Float(a[2]) : 0.5));
        table.Add("until", 1, a => Steps(a, 0, Loose.Integer(a[0]), Loose.Integer(a[0]) < 0 ? -1 : 1));
        table.Add("untilStep", 3, a => Steps(a, Loose.Integer(a[0]), Loose.Integer(a[1]), Loose.Integer(a[2])));
        table.Add("seq", 0, 3, Sequence);
    }

    private static long Divide(Arguments arguments, Func<long, long, long> divide) => Loose.Integer(arguments[1]) is var right && right != 0
        ? divide(Loose.Integer(arguments[0]), right)
        : throw new ExpressionException("integer divide by zero");

    private static long FromOctal(Arguments arguments)
    {
        try
        {
            return Convert.ToInt64(Values.GoText.Of(arguments[0]), 8);
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            return 0;
        }
    }

    /// <summary>Rounds at a number of decimal places; a remainder of at least <paramref name="roundOn"/> goes up.</summary>
    private static double Round(double number, long places, double roundOn)
    {
        var power = Math.Pow(10, places);
        var digits = number * power;
        var remainder = digits % 1;
        return (remainder >= roundOn ? Math.Ceiling(digits) : remainder <= -roundOn ? Math.Floor(digits) : Math.Truncate(digits)) / power;
    }

    /// <summary>From start up to but without stop; nothing when the step leads away from it.</summary>
    private static List<object?> Steps(Arguments arguments, long start, long stop, long step)
    {
        var numbers = new List<object?>();
        if ((stop < start && step >= 0) || (stop > start && step <= 0))
        {
            return numbers;
        }

        for (Int128 number = start; step > 0 ? number < stop : number > stop; number += step)
        {
            arguments.Budget.Spend(1);
            numbers.Add((long)number);
        }

        return numbers;
    }

    /// <summary><c>seq(end)</c>, <c>seq(start, end)</c>, <c>seq(start, step, end)</c>: numbers with both ends, as text.</summary>
    private static string Sequence(Arguments arguments)
    {
        var numbers = arguments.From(0).Select(Loose.Integer).ToArray();
        var (start, step, end) = numbers switch
        {
            [var last] => (1L, last >= 1 ? 1L : -1L, last),
            [var first, var last] => (first, last >= first ? 1L : -1L, last),
            [var first, var by, var last] => (first, by, last),
            _ => (1L, 1L, 0L),
        };
        return string.Join(' ', step == 0 ? [] : Steps(arguments, start, unchecked(end + Math.Sign(step)), step));
    }
}
