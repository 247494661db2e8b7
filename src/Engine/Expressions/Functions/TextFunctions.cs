using System.Text;

namespace Argosy.Engine.Expressions.Functions;

internal static class TextFunctions
{
    public static void AddTo(FunctionTable table)
    {
        table.Add("trim", 1, 2, a => a.Count == 1 ? a.Text(0).Trim() : a.Text(0).Trim(a.Text(1).ToCharArray()));
        table.Add("trimPrefix", 1, 2, a => WithoutPrefix(a.Text(0), a.Text(1, " ")));
        table.Add("trimSuffix", 1, 2, a => WithoutSuffix(a.Text(0), a.Text(1, " ")));
        table.Add("upper", 1, a => a.Text(0).ToUpperInvariant());
        table.Add("lower", 1, a => a.Text(0).ToLowerInvariant());
        table.Add("split", 2, 3, a => Split(a, keepSeparator: false));
        table.Add("splitAfter", 2, 3, a => Split(a, keepSeparator: true));
        table.Add("replace", 3, 4, a => Replace(a, a.Text(0), a.Text(1), a.Text(2), a.Count == 4 ? a.Integer(3) : -1));
        table.Add("repeat", 2, a => Repeat(a, a.Text(0), a.Integer(1)));
        table.Add("indexOf", 2, a => RuneIndex(a.Text(0), a.Text(0).IndexOf(a.Text(1), StringComparison.Ordinal)));
        table.Add("lastIndexOf", 2, a => RuneIndex(a.Text(0), a.Text(0).LastIndexOf(a.Text(1), StringComparison.Ordinal)));
        table.Add("hasPrefix", 2, a => a.Text(0).StartsWith(a.Text(1), StringComparison.Ordinal));
        table.Add("hasSuffix", 2, a => a.Text(0).EndsWith(a.Text(1), StringComparison.Ordinal));
    }

    public static string WithoutPrefix(string text, string prefix) =>
        text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text;

    public static string WithoutSuffix(string text, string suffix) =>
        text.EndsWith(suffix, StringComparison.Ordinal) ? text[..^suffix.Length] : text;

    public static string Repeat(Arguments arguments, string text, long times)
    {
        if (times is < 0 or > 1_000_000)
        {
            throw new ExpressionException($"repeat must be between 0 and 1000000 times, not {times}");
        }

        arguments.Budget.SpendText(text.Length * times);
        return new StringBuilder().Insert(0, text, (int)times).ToString();
    }

    /// <summary>Replaces the first <paramref name="most"/> occurrences, all when negative. An empty <paramref name="old"/> stands before every character.</summary>
    public static string Replace(Arguments arguments, string text, string old, string replacement, long most)
    {
        var result = new StringBuilder();
        var position = 0;
        for (; most != 0; most--)
        {
            var next = old.Length == 0 ? position : text.IndexOf(old, position, StringComparison.Ordinal);
            if (next < 0 || next > text.Length)
            {
                break;
            }

            arguments.Budget.SpendText(replacement.Length);
            result.Append(text, position, next - position).Append(replacement);
            position = next + old.Length;
            if (old.Length == 0)
            {
                if (position == text.Length)
                {
                    return result.ToString();
                }

                result.Append(text[position++]);
            }
        }

        return result.Append(text, position, text.Length - position).ToString();
    }

    public static List<object?> Split(Arguments arguments, string text, string separator, long most, bool keepSeparator)
    {
        var parts = new List<object?>();
        if (most == 0)
        {
            return parts;
        }

        if (separator.Length == 0)
        {
            var runes = text.EnumerateRunes().Select(rune => (object?)rune.ToString()).ToList();
            arguments.Budget.Spend(runes.Count);
            return most < 0 || runes.Count <= most
                ? runes
                : [.. runes.Take((int)most - 1), string.Concat(runes.Skip((int)most - 1))];
        }

        var position = 0;
        while (most < 0 || parts.Count < most - 1)
        {
            var next = text.IndexOf(separator, position, StringComparison.Ordinal);
            if (next < 0)
            {
                break;
            }

            arguments.Budget.Spend(1);
            parts.Add(text[position..(keepSeparator ? next + separator.Length : next)]);
            position = next + separator.Length;
        }

        parts.Add(text[position..]);
        return parts;
    }

    private static List<object?> Split(Arguments arguments, bool keepSeparator) =>
        Split(arguments, arguments.Text(0), arguments.Text(1), arguments.Count == 3 ? arguments.Integer(2) : -1, keepSeparator);

    /// <summary>Positions count characters, not UTF-16 units.</summary>
    private static long RuneIndex(string text, int index) =>
        index < 0 ? index : text.AsSpan(0, index).ToString().EnumerateRunes().LongCount();
}
