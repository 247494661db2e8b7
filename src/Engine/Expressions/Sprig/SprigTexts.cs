using System.Text;
using Argosy.Engine.Expressions.Functions;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Sprig;

/// <summary>Cutting, padding, quoting and searching text.</summary>
internal static class SprigTexts
{
    public static void AddTo(FunctionTable table)
    {
        table.Add("trim", 1, a => a.Text(0).Trim());
        table.Add("trimAll", 2, a => a.Text(1).Trim(a.Text(0).ToCharArray()));
        table.Add("trimall", 2, a => a.Text(1).Trim(a.Text(0).ToCharArray()));
        table.Add("trimPrefix", 2, a => TextFunctions.WithoutPrefix(a.Text(1), a.Text(0)));
        table.Add("trimSuffix", 2, a => TextFunctions.WithoutSuffix(a.Text(1), a.Text(0)));
        table.Add("upper", 1, a => a.Text(0).ToUpperInvariant());
        table.Add("lower", 1, a => a.Text(0).ToLowerInvariant());
        table.Add("contains", 2, a => a.Text(1).Contains(a.Text(0), StringComparison.Ordinal));
        table.Add("hasPrefix", 2, a => a.Text(1).StartsWith(a.Text(0), StringComparison.Ordinal));
        table.Add("hasSuffix", 2, a => a.Text(1).EndsWith(a.Text(0), StringComparison.Ordinal));
        table.Add("replace", 3, a => TextFunctions.Replace(a, a.Text(2), a.Text(0), a.Text(1), -1));
        table.Add("repeat", 2, a => TextFunctions.Repeat(a, a.Text(1), Loose.Integer(a[0])));
        table.Add("trunc", 2, a => Truncate(Runes(a.Text(1)), Loose.Integer(a[0])));
        table.Add("substr", 3, a => Substring(Runes(a.Text(2)), Loose.Integer(a[0]), Loose.Integer(a[1])));
        table.Add("abbrevboth", 3, a => AbbreviateBoth(Runes(a.Text(2)), Loose.Integer(a[0]), Loose.Integer(a[1])));
        table.Add("abbrev", 2, a => Abbreviate(Runes(a.Text(1)), Loose.Integer(a[0])));
        table.Add("nospace", 1, a => string.Concat(a.Text(0).Where(c => !char.IsWhiteSpace(c))));
        table.Add("indent", 2, a => Indent(a, a.Text(1), Loose.Size(a, 0)));
        table.Add("nindent", 2, a => "\n" + Indent(a, a.Text(1), Loose.Size(a, 0)));
        table.Add("quote", 0, int.MaxValue, a => Quoted(a, '"'));
        table.Add("squote", 0, int.MaxValue, a => Quoted(a, '\''));
        table.Add("cat", 0, int.MaxValue, a => Together(a, a.From(0).Where(value => value is not null).Select(GoText.Of)));
        table.Add("toString", 1, a => GoText.Of(a[0]));
        table.Add("wrap", 2, a => Wrap(a.Text(1), Loose.Size(a, 0), "\n", breakLongWords: false));
        table.Add("wrapWith", 3, a => Wrap(a.Text(2), Loose.Size(a, 0), a.Text(1), breakLongWords: true));
        table.Add("hello", 0, _ => "Hello!");
        table.Add("fail", 1, a => throw new ExpressionException(a.Text(0)));
    }

    private static Rune[] Runes(string text) => [.. text.EnumerateRunes()];

    private static string Text(ReadOnlySpan<Rune> runes)
    {
        var text = new StringBuilder();
        foreach (var rune in runes)
        {
            text.Append(rune.ToString());
        }

        return text.ToString();
    }

    /// <summary>The first characters, or the last when the count is negative.</summary>
    private static string Truncate(Rune[] runes, long count) =>
        count >= 0 && count < runes.Length ? Text(runes.AsSpan(0, (int)count))
        : count < 0 && -count < runes.Length ? Text(runes.AsSpan((int)(runes.Length + count)))
        : Text(runes);

    private static string Substring(Rune[] runes, long start, long end)
    {
        var first = (int)Math.Clamp(start, 0, runes.Length);
        var last = end < 0 || end > runes.Length ? runes.Length : (int)end;
        return Text(runes.AsSpan(Math.Min(first, last), Math.Max(last - first, 0)));
    }

    /// <summary>Cut at both ends, to a width that counts the dots; the left cut is made only where it saves something.</summary>
    private static string AbbreviateBoth(Rune[] runes, long offset, long width)
    {
        if (width < 4 || (offset > 0 && width < 7) || runes.Length <= width)
        {
            return string.Concat(runes);
        }

        offset = Math.Clamp(offset, 0, runes.Length - (width - 3));
        return offset <= 4 ? Abbreviate(runes, width)
            : offset + width - 3 < runes.Length ? "..." + Abbreviate(runes[(int)offset..], width - 3)
            : "..." + string.Concat(runes[(int)(runes.Length - (width - 3))..]);
    }

    private static string Abbreviate(Rune[] runes, long width) =>
        width < 4 || runes.Length <= width ? Text(runes) : Text(runes.AsSpan(0, (int)width - 3)) + "...";

    private static string Indent(Arguments arguments, string text, int spaces)
    {
        var padding = new string(' ', spaces);
        return padding + TextFunctions.Replace(arguments, text, "\n", "\n" + padding, -1);
    }

    private static string Quoted(Arguments arguments, char quote) => Together(arguments, arguments.From(0)
        .Where(value => value is not null)
        .Select(value => quote == '"' ? JsonText.WriteRaw(GoText.Of(value)) : $"'{GoText.Of(value)}'"));

    private static string Together(Arguments arguments, IEnumerable<string> parts) =>
        ConversionFunctions.Paid(arguments, string.Join(' ', parts));

    private static string Wrap(string text, int width, string newLine, bool breakLongWords)
    {
        width = Math.Max(width, 1);
        var lines = new List<string>();
        var line = new StringBuilder();
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                lines.Add(line.ToString());
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
            while (breakLongWords && line.Length > width)
            {
                lines.Add(line.ToString(0, width));
                line.Remove(0, width);
            }
        }

        lines.Add(line.ToString());
        return string.Join(newLine, lines);
    }
}
