using Argosy.Engine.Expressions.Functions;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Sprig;

internal static class SprigLists
{
    public static void AddTo(FunctionTable table)
    {
        table.Add("list", 0, int.MaxValue, a => a.From(0).ToList());
        table.Add("tuple", 0, int.MaxValue, a => a.From(0).ToList());
        table.Add("toStrings", 1, a => Loose.Texts(a[0]));
        table.Add("join", 2, a => Join(a, Loose.Texts(a[1]), a.Text(0)));
        table.Add("sortAlpha", 1, a => Loose.Texts(a[0]).Order(StringComparer.Ordinal).ToList());
        table.Add("splitList", 2, a => TextFunctions.Split(a, a.Text(1), a.Text(0), -1, keepSeparator: false));
        table.Add("split", 2, a => Numbered(TextFunctions.Split(a, a.Text(1), a.Text(0), -1, keepSeparator: false)));
        table.Add("splitn", 3, a => Numbered(TextFunctions.Split(a, a.Text(2), a.Text(0), Loose.Integer(a[1]), keepSeparator: false)));
        table.AddWithMust("append", 2, 2, a => Paid(a, [.. a.List(0), a[1]]));
        table.AddWithMust("push", 2, 2, a => Paid(a, [.. a.List(0), a[1]]));
        table.AddWithMust("prepend", 2, 2, a => Paid(a, [a[1], .. a.List(0)]));
        table.AddWithMust("first", 1, 1, a => a.List(0).FirstOrDefault());
        table.AddWithMust("last", 1, 1, a => a.List(0).LastOrDefault());
        table.AddWithMust("rest", 1, 1, a => Paid(a, [.. a.List(0).Skip(1)]));
        table.AddWithMust("initial", 1, 1, a => Paid(a, [.. a.List(0).SkipLast(1)]));
        table.AddWithMust("reverse", 1, 1, a => Paid(a, [.. Enumerable.Reverse(a.List(0))]));
        table.AddWithMust("uniq", 1, 1, a => ListFunctions.Distinct(a, a.List(0)));
        table.AddWithMust("compact", 1, 1, a => Paid(a, [.. a.List(0).Where(item => !Loose.IsEmpty(item))]));
        table.AddWithMust("without", 1, int.MaxValue, a => Paid(a, [.. a.List(0).Where(item => !a.From(1).Any(other => Comparison.Equals(item, other, a.Budget)))]));
        table.AddWithMust("has", 2, 2, a => a[1] is not null && a.List(1).Exists(item => Comparison.Equals(item, a[0], a.Budget)));
        table.AddWithMust("slice", 1, 3, Slice);
        table.AddWithMust("chunk", 2, 2, Chunk);
        table.Add("concat", 0, int.MaxValue, a => ListFunctions.Copy(a, Enumerable.Range(0, a.Count).SelectMany(a.List)));
    }

    private static List<object?> Paid(Arguments arguments, List<object?> list)
    {
        arguments.Budget.Spend(list.Count);
        return list;
    }

    private static string Join(Arguments arguments, List<string> texts, string separator)
    {
        arguments.Budget.SpendText(texts.Sum(text => text.Length + (long)separator.Length));
        return string.Join(separator, texts);
    }

    /// <summary>Parts under the names <c>_0</c>, <c>_1</c> …, which a dot can reach.</summary>
    private static ValueMap Numbered(List<object?> parts) =>
        new(parts.Select((part, position) => KeyValuePair.Create($"_{position}", part)));

    private static List<object?> Slice(Arguments arguments)
    {
        var list = arguments.List(0);
        var from = arguments.Count > 1 ? Loose.Integer(arguments[1]) : 0;
        var to = arguments.Count > 2 ? Loose.Integer(arguments[2]) : list.Count;
        return from >= 0 && from <= to && to <= list.Count
            ? Paid(arguments, list.GetRange((int)from, (int)(to - from)))
            : throw new ExpressionException($"slice bounds out of range [{from}:{to}] (array length is {list.Count})");
    }

    private static List<object?> Chunk(Arguments arguments)
    {
        var size = Loose.Integer(arguments[0]);
        return size > 0
            ? Paid(arguments, [.. arguments.List(1).Chunk((int)Math.Min(size, int.MaxValue)).Select(part => part.ToList())])
            : throw arguments.Invalid(0);
    }
}
