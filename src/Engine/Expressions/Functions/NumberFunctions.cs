using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Functions;

internal static class NumberFunctions
{
    public static void AddTo(FunctionTable table)
    {
        table.Add("abs", 1, a => a[0] is long number ? (object)Math.Abs(Math.Max(number, -long.MaxValue)) : Math.Abs(a.Float(0)));
        table.Add("ceil", 1, a => Math.Ceiling(a.Float(0)));
        table.Add("floor", 1, a => Math.Floor(a.Float(0)));
        table.Add("round", 1, a => Math.Round(a.Float(0), MidpointRounding.AwayFromZero));
        table.Add("max", 1, int.MaxValue, a => Extreme(a, sign: 1));
        table.Add("min", 1, int.MaxValue, a => Extreme(a, sign: -1));
        table.Add("mean", 1, int.MaxValue, a => Numbers(a).Select(AsFloat).DefaultIfEmpty(0).Average());
        table.Add("median", 1, int.MaxValue, a => Median(Numbers(a).Select(AsFloat).Order().ToList()));
        table.Add("bitand", 2, a => a.Integer(0) & a.Integer(1));
        table.Add("bitor", 2, a => a.Integer(0) | a.Integer(1));
        table.Add("bitxor", 2, a => a.Integer(0) ^ a.Integer(1));
        table.Add("bitnand", 2, a => a.Integer(0) & ~a.Integer(1));
        table.Add("bitnot", 1, a => ~a.Integer(0));
        table.Add("bitshl", 2, a => Shift(a, (number, by) => by > 63 ? 0 : number << by));
        table.Add("bitshr", 2, a => Shift(a, (number, by) => number >> Math.Min(by, 63)));
        table.Add("bitushr", 2, a => Shift(a, (number, by) => by > 63 ? 0 : (long)((ulong)number >> by)));
    }

    private static long Shift(Arguments arguments, Func<long, int, long> shift)
    {
        var by = arguments.Integer(1);
        return by >= 0
            ? shift(arguments.Integer(0), (int)Math.Min(by, 64))
            : throw new ExpressionException($"invalid operation: negative shift count {by}");
    }

    private static object? Extreme(Arguments arguments, int sign)
    {
        object? best = null;
        foreach (var number in Numbers(arguments))
        {
            if (best is null || Math.Sign(Comparison.TryOrder(number, best) ?? 0) == sign)
            {
                best = number;
            }
        }

        return best;
    }

    private static double Median(List<double> sorted)
    {
        var middle = sorted.Count / 2;
        return sorted.Count == 0 ? 0
            : sorted.Count % 2 == 1 ? sorted[middle]
            : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>The numbers among the arguments, those inside lists included.</summary>
    private static IEnumerable<object> Numbers(Arguments arguments) => Numbers(arguments, arguments.From(0), depth: 0);

    private static IEnumerable<object> Numbers(Arguments arguments, IEnumerable<object?> values, int depth)
    {
        Value.CheckDepth(depth);
        foreach (var value in values)
        {
            arguments.Budget.Spend(1);
            switch (value)
            {
                case long or double:
                    yield return value;
                    break;
                case List<object?> list:
                    foreach (var inner in Numbers(arguments, list, depth + 1))
                    {
                        yield return inner;
                    }

                    break;
                default:
                    throw new ExpressionException($"invalid argument for {arguments.Function} (type {Value.TypeName(value)})");
            }
        }
    }

    private static double AsFloat(object number) => number is long whole ? whole : (double)number;
}
