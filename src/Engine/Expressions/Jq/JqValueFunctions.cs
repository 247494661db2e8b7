using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Jq;

/// <summary>Functions of values of any type.</summary>
internal static class JqValueFunctions
{
    public static void AddTo(Action<string, int, Func<JqCall, object?>> add)
    {
        add("not", 0, call => !JqValue.IsTrue(call.Input));
        add("type", 0, call => JqValue.TypeName(call.Input));
        add("length", 0, Length);
        add("utf8bytelength", 0, call => (long)System.Text.Encoding.UTF8.GetByteCount(call.Text));
        add("keys", 0, call => Keys(call));
        add("keys_unsorted", 0, call => Keys(call));
        add("has", 1, Has);
        add("contains", 1, call => Contains(call.Input, call[0], call.Budget, 0));
        add("tojson", 0, call => Paid(call, JqValue.Text(call.Input)));
        add("tostring", 0, call => Paid(call, JqValue.Plain(call.Input)));
        add("fromjson", 0, call =>
        {
            call.Budget.Spend(1 + (call.Text.Length / 4));
            return JqValue.Parse(call.Text);
        });
        add("tonumber", 0, ToNumber);
        add("toarray", 0, call => call.Input is List<object?> ? call.Input : new List<object?> { call.Input });
        add("setpath", 2, call => JqAccess.Update(call.Input, Path(call, 0), _ => call[1], call.Budget));
        add("delpaths", 1, call => JqAccess.Delete(call.Input, Path(call, 0), call.Budget));
        add("env", 0, _ => new ValueMap());
        add("builtins", 0, _ => JqNatives.All.Select(native => (object?)$"{native.Name}/{native.Arguments}").ToList());
        add("input_filename", 0, _ => null);
        add("input_line_number", 0, _ => 0L);
        add("halt", 0, _ => throw new ExpressionException("halt is not available in a workflow's jq filter"));
        add("halt_error", 0, call => throw new ExpressionException($"halt_error: {JqValue.Plain(call.Input)}"));
        add("have_literal_numbers", 0, _ => true);
        add("have_decnum", 0, _ => false);
        add("infinite", 0, _ => double.PositiveInfinity);
        add("nan", 0, _ => double.NaN);
        add("isinfinite", 0, call => double.IsInfinity(call.Float));
        add("isnan", 0, call => double.IsNaN(call.Float));
        add("isnormal", 0, call => double.IsNormal(call.Float));
    }

    public static string Paid(JqCall call, string text)
    {
        call.Budget.SpendText(text.Length);
        return text;
    }

    private static object? Length(JqCall call) => call.Input switch
    {
        null => 0L,
        string text => text.EnumerateRunes().LongCount(),
        List<object?> list => (long)list.Count,
        ValueMap map => (long)map.Count,
        long whole => whole == long.MinValue ? -(double)whole : Math.Abs(whole),
        double number => Math.Abs(number),
        _ => throw call.Refused(),
    };

    private static List<object?> Keys(JqCall call)
    {
        switch (call.Input)
        {
            case ValueMap map:
                call.Budget.Spend(map.Count);
                return [.. map.SortedKeys()];
            case List<object?> list:
                call.Budget.Spend(list.Count);
                return [.. Enumerable.Range(0, list.Count).Select(index => (object?)(long)index)];
            default:
                throw call.Refused();
        }
    }

    private static object? Has(JqCall call) => (call.Input, call[0]) switch
    {
        (ValueMap map, string key) => map.ContainsKey(key),
        (List<object?> list, long or double) => JqValue.Whole(call[0]) is >= 0 and var index && index < list.Count,
        _ => throw new JqFailure($"cannot check whether {JqValue.Preview(call.Input)} has a key: {JqValue.Preview(call[0])}"),
    };

    private static bool Contains(object? whole, object? part, Budget budget, int depth)
    {
        Value.CheckDepth(depth);
        budget.Spend(1);
        return (whole, part) switch
        {
            (string a, string b) => a.Contains(b, StringComparison.Ordinal),
            (List<object?> a, List<object?> b) => b.TrueForAll(item => a.Exists(candidate => Fits(candidate, item, budget, depth + 1))),
            (ValueMap a, ValueMap b) => b.All(entry =>
                a.TryGetValue(entry.Key, out var candidate) && Fits(candidate, entry.Value, budget, depth + 1)),
            _ when JqValue.TypeName(whole) == JqValue.TypeName(part) => JqValue.Compare(whole, part, budget) == 0,
            _ => throw new JqFailure($"cannot check whether {JqValue.Preview(whole)} contains: {JqValue.Preview(part)}"),
        };
    }

    /// <summary>Inside arrays and objects a value of another type is simply not contained.</summary>
    private static bool Fits(object? whole, object? part, Budget budget, int depth) =>
        JqValue.TypeName(whole) == JqValue.TypeName(part) && Contains(whole, part, budget, depth);

    private static object? ToNumber(JqCall call) => call.Input switch
    {
        long or double => call.Input,
        string text when long.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var whole) => whole,
        string text when JqValue.TryNumber(text) is { } number => number,
        _ => throw call.Refused(),
    };

    private static List<object?> Path(JqCall call, int position) =>
        call[position] as List<object?> ?? throw new JqFailure($"path must be an array, not: {JqValue.Preview(call[position])}");
}
