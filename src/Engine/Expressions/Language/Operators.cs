using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Language;

/// <summary>
/// The operators' arithmetic: ints stay ints (and wrap, as in Go) under + - * and %, a float on either side makes floats, / and ** always
/// give floats, + also joins two strings and moves times by durations.
/// </summary>
internal static class Operators
{
    public static object Add(object? left, object? right, Budget budget)
    {
        switch (left, right)
        {
            case (long a, long b):
                return unchecked(a + b);
            case (long or double, long or double):
                return Float(left) + Float(right);
            case (string a, string b):
                budget.SpendText((long)a.Length + b.Length);
                return a + b;
            case (DateTimeOffset time, TimeSpan duration):
                return Moved(time, duration);
            case (TimeSpan duration, DateTimeOffset time):
                return Moved(time, duration);
            case (TimeSpan a, TimeSpan b):
                return Duration((decimal)a.Ticks + b.Ticks);
            default:
                throw Mismatch("+", left, right);
        }
    }

    public static object Subtract(object? left, object? right) => (left, right) switch
    {
        (long a, long b) => unchecked(a - b),
        (long or double, long or double) => Float(left) - Float(right),
        (DateTimeOffset time, TimeSpan duration) => Moved(time, duration, backwards: true),
        (DateTimeOffset a, DateTimeOffset or string) when Comparison.TimeIn(right) is { } b => a - b,
        (string, DateTimeOffset b) when Comparison.TimeIn(left) is { } a => a - b,
        (TimeSpan a, TimeSpan b) => Duration((decimal)a.Ticks - b.Ticks),
        _ => throw Mismatch("-", left, right),
    };

    public static object Multiply(object? left, object? right) => (left, right) switch
    {
        (long a, long b) => unchecked(a * b),
        (long or double, long or double) => Float(left) * Float(right),
        (TimeSpan duration, long times) => Duration((decimal)duration.Ticks * times),
        (long times, TimeSpan duration) => Duration((decimal)duration.Ticks * times),
        _ => throw Mismatch("*", left, right),
    };

    public static object Divide(object? left, object? right) => (left, right) switch
    {
        (long or double, long or double) => Float(left) / Float(right),
        _ => throw Mismatch("/", left, right),
    };

    public static object Remainder(object? left, object? right) => (left, right) switch
    {
        (long, 0L) => throw new ExpressionException("integer divide by zero"),
        (long, -1L) => 0L,
        (long a, long b) => a % b,
        _ => throw Mismatch("%", left, right),
    };

    public static object Power(object? left, object? right) => (left, right) switch
    {
        (long or double, long or double) => Math.Pow(Float(left), Float(right)),
        _ => throw Mismatch("**", left, right),
    };

    public static object Negate(object? value) => value switch
    {
        long number => unchecked(-number),
        double number => -number,
        TimeSpan duration => Duration(-(decimal)duration.Ticks),
        _ => throw new ExpressionException($"invalid operation: - (on {Value.TypeName(value)})"),
    };

    public static object Identity(object? value) => value is long or double
        ? value
        : throw new ExpressionException($"invalid operation: + (on {Value.TypeName(value)})");

    public static bool Order(string @operator, object? left, object? right)
    {
        if (left is double.NaN || right is double.NaN)
        {
            return false;
        }

        var order = Comparison.TryOrder(left, right) ?? throw Mismatch(@operator, left, right);
        return @operator switch
        {
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        };
    }

    public static bool In(object? left, object? right, Budget budget) => right switch
    {
        List<object?> list => list.Exists(item => Comparison.Equals(left, item, budget)),
        ValueMap map => map.ContainsKey(left as string ?? GoText.Of(left)),
        null => false,
        _ => throw Mismatch("in", left, right),
    };

    public static bool Contains(string @operator, object? left, object? right) => (left, right) switch
    {
        (string a, string b) => @operator switch
        {
            "contains" => a.Contains(b, StringComparison.Ordinal),
            "startsWith" => a.StartsWith(b, StringComparison.Ordinal),
            _ => a.EndsWith(b, StringComparison.Ordinal),
        },
        _ => throw Mismatch(@operator, left, right),
    };

    public static List<object?> Range(object? left, object? right, Budget budget)
    {
        if (left is not long first || right is not long last)
        {
            throw Mismatch("..", left, right);
        }

        var items = new List<object?>();
        for (var number = first; number <= last; number++)
        {
            budget.Spend(1);
            items.Add(number);
            if (number == long.MaxValue)
            {
                break;
            }
        }

        return items;
    }

    public static bool Truth(object? value, string where) => value is bool flag
        ? flag
        : throw new ExpressionException($"{where} needs a bool, not {Value.TypeName(value)}");

    private static double Float(object? number) => number is long whole ? whole : (double)number!;

    private static DateTimeOffset Moved(DateTimeOffset time, TimeSpan duration, bool backwards = false)
    {
        try
        {
            return backwards ? time - duration : time + duration;
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException)
        {
            throw new ExpressionException("a time is out of range");
        }
    }

    private static TimeSpan Duration(decimal ticks) => ticks is >= long.MinValue and <= long.MaxValue
        ? TimeSpan.FromTicks((long)ticks)
        : throw new ExpressionException("a duration is out of range");

    private static ExpressionException Mismatch(string @operator, object? left, object? right) =>
        new($"invalid operation: {@operator} (mismatched types {Value.TypeName(left)} and {Value.TypeName(right)})");
}
