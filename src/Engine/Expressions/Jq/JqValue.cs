using System.Globalization;
using System.Text.Json;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Jq;

/// <summary>jq's view of values: their types' names, order, truth and arithmetic. Whole numbers stay whole as long as they fit 64 bits.</summary>
internal static class JqValue
{
    private const int PreviewLength = 30;

    public static string TypeName(object? value) => value switch
    {
        null => "null",
        bool => "boolean",
        long or double => "number",
        string => "string",
        List<object?> => "array",
        _ => "object",
    };

    /// <summary>A value in an error's text: its type and the beginning of its JSON.</summary>
    public static string Preview(object? value)
    {
        if (value is null)
        {
            return "null";
        }

        var json = Text(value);
        var cut = json.Length <= PreviewLength ? json : string.Concat(json.AsSpan(0, PreviewLength - 4), " ...");
        return $"{TypeName(value)} ({cut})";
    }

    public static bool IsTrue(object? value) => value is not (null or false);

    /// <summary>Compact JSON with sorted keys; what is no number becomes null, what is infinite the largest number there is.</summary>
    public static string Text(object? value) => JsonText.WriteRaw(Finite(value, 0));

    /// <summary>A text as it is, anything else as JSON.</summary>
    public static string Plain(object? value) => value as string ?? Text(value);

    /// <exception cref="JqFailure">The text is no JSON.</exception>
    public static object? Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = Value.MaxDepth });
            return From(document.RootElement, 0);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new JqFailure($"fromjson cannot be applied to: {Preview(text)}: {e.Message}");
        }
    }

    public static object? From(JsonElement element, int depth)
    {
        Value.CheckDepth(depth);
        return element.ValueKind switch
        {
            JsonValueKind.Number => element.TryGetInt64(out var whole) ? whole : (object)element.GetDouble(),
            JsonValueKind.Array => element.EnumerateArray().Select(item => From(item, depth + 1)).ToList(),
            JsonValueKind.Object => new ValueMap(element.EnumerateObject().Select(field => KeyValuePair.Create(field.Name, From(field.Value, depth + 1)))),
            JsonValueKind.String => element.GetString(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => null,
        };
    }

    public static double Float(object? number) => number is long whole ? whole : (double)number!;

    /// <summary>The number as a whole one if it is one and fits.</summary>
    public static object Number(double number) => number == Math.Floor(number) && Math.Abs(number) < 9e15 ? (long)number : number;

    /// <summary>null, false, true, numbers, strings, arrays, objects: any two values have an order.</summary>
    public static int Compare(object? left, object? right, Budget budget, int depth = 0)
    {
        Value.CheckDepth(depth);
        budget.Spend(1);
        var (a, b) = (Rank(left), Rank(right));
        if (a != b)
        {
            return a.CompareTo(b);
        }

        switch (left, right)
        {
            case (long x, long y):
                return x.CompareTo(y);
            case (long or double, long or double):
                var (f, g) = (Float(left), Float(right));
                return double.IsNaN(f) ? -1 : double.IsNaN(g) ? 1 : f.CompareTo(g);
            case (string x, string y):
                budget.SpendText(Math.Min(x.Length, y.Length));
                return string.CompareOrdinal(x, y);
            case (List<object?> x, List<object?> y):
                return CompareLists(x, y, budget, depth);
            case (ValueMap x, ValueMap y):
                budget.Spend(x.Count + y.Count);
                var (keys, otherKeys) = (x.SortedKeys().ToList<object?>(), y.SortedKeys().ToList<object?>());
                var order = CompareLists(keys, otherKeys, budget, depth);
                return order != 0 ? order : CompareLists(keys.ConvertAll(key => x[(string)key!]), keys.ConvertAll(key => y[(string)key!]), budget, depth);
            default:
                return 0;
        }
    }

    public static object? Add(object? left, object? right, Budget budget)
    {
        switch (left, right)
        {
            case (null, _):
                return right;
            case (_, null):
                return left;
            case (long a, long b):
                var sum = unchecked(a + b);
                return ((a ^ sum) & (b ^ sum)) < 0 ? (double)a + b : (object)sum;
            case (long or double, long or double):
                return Float(left) + Float(right);
            case (string a, string b):
                budget.SpendText((long)a.Length + b.Length);
                return a + b;
            case (List<object?> a, List<object?> b):
                budget.Spend(a.Count + b.Count);
                return a.Concat(b).ToList();
            case (ValueMap a, ValueMap b):
                budget.Spend(a.Count + b.Count);
                return new ValueMap(a.Concat(b));
            default:
                throw Mismatch("add", left, right);
        }
    }

    public static object? Subtract(object? left, object? right, Budget budget)
    {
        switch (left, right)
        {
            case (long a, long b):
                var difference = unchecked(a - b);
                return ((a ^ b) & (a ^ difference)) < 0 ? (double)a - b : (object)difference;
            case (long or double, long or double):
                return Float(left) - Float(right);
            case (List<object?> a, List<object?> b):
                return a.FindAll(item => !b.Exists(other => Compare(item, other, budget) == 0));
            default:
                throw Mismatch("subtract", left, right);
        }
    }

    public static object? Multiply(object? left, object? right, Budget budget)
    {
        switch (left, right)
        {
            case (long a, long b):
                return Math.BigMul(a, b, out var low) == low >> 63 ? low : (object)((double)a * b);
            case (long or double, long or double):
                return Float(left) * Float(right);
            case (string text, long or double):
                return Repeat(text, Float(right), budget);
            case (long or double, string text):
                return Repeat(text, Float(left), budget);
            case (ValueMap a, ValueMap b):
                return MergeDeeply(a, b, budget, 0);
            default:
                throw Mismatch("multiply", left, right);
        }
    }

    public static object? Divide(object? left, object? right, Budget budget)
    {
        switch (left, right)
        {
            case (long or double, long or double) when Float(right) == 0:
                throw new JqFailure($"cannot divide {Preview(left)} by: {Preview(right)}");
            case (long a, long b) when b != -1 && a % b == 0:
                return a / b;
            case (long or double, long or double):
                return Float(left) / Float(right);
            case (string a, string b):
                return JqTexts.Split(a, b, budget);
            default:
                throw Mismatch("divide", left, right);
        }
    }

    public static object? Remainder(object? left, object? right)
    {
        if (left is not (long or double) || right is not (long or double))
        {
            throw Mismatch("modulo", left, right);
        }

        if (double.IsNaN(Float(left)) || double.IsNaN(Float(right)))
        {
            return double.NaN;
        }

        var (a, b) = (Whole(left), Whole(right));
        return b switch
        {
            0 => throw new JqFailure($"cannot modulo {Preview(left)} by: {Preview(right)}"),
            -1 => 0L,
            _ => a % b,
        };
    }

    /// <summary>A number cut to a whole one, clipped to what fits.</summary>
    public static long Whole(object? number) => number switch
    {
        long whole => whole,
        double f when double.IsNaN(f) => 0,
        double f when f >= long.MaxValue => long.MaxValue,
        double f when f <= long.MinValue => long.MinValue,
        double f => (long)f,
        _ => throw new JqFailure($"expected a number but got: {Preview(number)}"),
    };

    public static double? TryNumber(string text) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private static object? Repeat(string text, double times, Budget budget)
    {
        if (!(times > 0))
        {
            return null;
        }

        budget.SpendText((long)Math.Min(text.Length * times, long.MaxValue / 2));
        return new System.Text.StringBuilder().Insert(0, text, Math.Max(1, (int)times)).ToString();
    }

    private static ValueMap MergeDeeply(ValueMap under, ValueMap over, Budget budget, int depth)
    {
        Value.CheckDepth(depth);
        budget.Spend(under.Count + over.Count);
        var merged = new ValueMap(under);
        foreach (var (key, value) in over)
        {
            merged[key] = value is ValueMap above && merged.GetValueOrDefault(key) is ValueMap below
                ? MergeDeeply(below, above, budget, depth + 1)
                : value;
        }

        return merged;
    }

    private static int CompareLists(List<object?> left, List<object?> right, Budget budget, int depth)
    {
        for (var i = 0; i < left.Count && i < right.Count; i++)
        {
            if (Compare(left[i], right[i], budget, depth + 1) is var order && order != 0)
            {
                return order;
            }
        }

        return left.Count.CompareTo(right.Count);
    }

    private static int Rank(object? value) => value switch
    {
        null => 0,
        false => 1,
        true => 2,
        long or double => 3,
        string => 4,
        List<object?> => 5,
        _ => 6,
    };

    private static object? Finite(object? value, int depth)
    {
        Value.CheckDepth(depth);
        return value switch
        {
            double number when double.IsNaN(number) => null,
            double number when double.IsInfinity(number) => number > 0 ? double.MaxValue : double.MinValue,
            List<object?> list => list.ConvertAll(item => Finite(item, depth + 1)),
            ValueMap map => new ValueMap(map.Select(entry => KeyValuePair.Create(entry.Key, Finite(entry.Value, depth + 1)))),
            _ => value,
        };
    }

    private static JqFailure Mismatch(string what, object? left, object? right) =>
        new($"cannot {what}: {Preview(left)} and {Preview(right)}");
}
