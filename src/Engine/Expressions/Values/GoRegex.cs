using System.Text;
using System.Text.RegularExpressions;

namespace Argosy.Engine.Expressions.Values;

/// <summary>
/// Regular expressions in Go's syntax (RE2), run by the engine of this platform that, like Go's, takes time linear in the input and knows
/// no look-around. Differences of notation are translated: <c>$</c> is the very end of the text, <c>\d \w \s</c> are ASCII,
/// <c>(?P&lt;name&gt;…)</c> names a group, <c>[[:alpha:]]</c> is a class.
/// </summary>
internal static class GoRegex
{
    private const int MaxLength = 4096;

    /// <summary>Counted repetitions multiply; beyond this many atoms the pattern is refused, as Go refuses counts above 1000.</summary>
    private const long MaxAtoms = 20_000;

    private static readonly Dictionary<string, string> PosixClasses = new()
    {
        ["alnum"] = "0-9A-Za-z", ["alpha"] = "A-Za-z", ["ascii"] = @"\x00-\x7F", ["blank"] = @"\t ", ["cntrl"] = @"\x00-\x1F\x7F",
        ["digit"] = "0-9", ["graph"] = "!-~", ["lower"] = "a-z", ["print"] = " -~", ["punct"] = @"!-/:-@\[-`{-~", ["space"] = @"\t\n\v\f\r ",
        ["upper"] = "A-Z", ["word"] = "0-9A-Za-z_", ["xdigit"] = "0-9A-Fa-f",
    };

    public static Regex Compile(string pattern)
    {
        if (pattern.Length > MaxLength)
        {
            throw new ExpressionException($"a regular expression is longer than {MaxLength} characters");
        }

        try
        {
            RefuseExplosion(pattern);
            return new Regex(Translate(pattern), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(2));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or OverflowException)
        {
            throw new ExpressionException($"invalid regular expression `{pattern}`: {e.Message}");
        }
    }

    public static bool IsMatch(string text, string pattern) => IsMatch(Compile(pattern), text);

    public static bool IsMatch(Regex regex, string text)
    {
        try
        {
            return regex.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            throw new ExpressionException("a regular expression takes too long on its text");
        }
    }

    /// <summary>Go's replacement template: <c>$1</c> and <c>$name</c> take the longest word, <c>$$</c> is a dollar, no group is empty.</summary>
    public static string Expand(Match match, string template)
    {
        var text = new StringBuilder();
        for (var i = 0; i < template.Length; i++)
        {
            if (template[i] != '$' || i + 1 == template.Length)
            {
                text.Append(template[i]);
                continue;
            }

            if (template[i + 1] == '$')
            {
                text.Append('$');
                i++;
                continue;
            }

            var braced = template[i + 1] == '{';
            var start = braced ? i + 2 : i + 1;
            var end = start;
            while (end < template.Length && (char.IsLetterOrDigit(template[end]) || template[end] == '_'))
            {
                end++;
            }

            if (end == start || (braced && (end == template.Length || template[end] != '}')))
            {
                text.Append('$');
                continue;
            }

            text.Append(match.Groups[template[start..end]].Value);
            i = braced ? end : end - 1;
        }

        return text.ToString();
    }

    private static string Translate(string pattern)
    {
        var text = new StringBuilder(pattern.Length + 16);
        var multiline = pattern.Contains("(?m", StringComparison.Ordinal) || pattern.Contains("(?sm", StringComparison.Ordinal)
            || pattern.Contains("(?im", StringComparison.Ordinal);
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '\\' when i + 1 < pattern.Length:
                    i++;
                    AppendEscape(text, pattern[i], inClass);
                    break;
                case '[' when inClass && PosixAt(pattern, i) is { } posix:
                    text.Append(posix.Class);
                    i += posix.Length - 1;
                    break;
                case '[' when inClass:
                    text.Append("\\[");
                    break;
                case '[':
                    inClass = true;
                    text.Append('[');
                    if (i + 1 < pattern.Length && pattern[i + 1] == '^')
                    {
                        text.Append('^');
                        i++;
                    }

                    if (i + 1 < pattern.Length && pattern[i + 1] == ']')
                    {
                        text.Append("\\]");
                        i++;
                    }

                    break;
                case ']':
                    inClass = false;
                    text.Append(']');
                    break;
                case '$' when !inClass && !multiline:
                    text.Append("\\z");
                    break;
                case '(' when !inClass && string.CompareOrdinal(pattern, i, "(?P<", 0, 4) == 0:
                    text.Append("(?<");
                    i += 3;
                    break;
                default:
                    text.Append(pattern[i]);
                    break;
            }
        }

        return text.ToString();
    }

    private static void AppendEscape(StringBuilder text, char escaped, bool inClass) => _ = (escaped, inClass) switch
    {
        ('d', true) => text.Append("0-9"),
        ('d', false) => text.Append("[0-9]"),
        ('w', true) => text.Append("0-9A-Za-z_"),
        ('w', false) => text.Append("[0-9A-Za-z_]"),
        ('s', true) => text.Append(@"\t\n\f\r "),
        ('s', false) => text.Append(@"[\t\n\f\r ]"),
        ('D', false) => text.Append("[^0-9]"),
        ('W', false) => text.Append("[^0-9A-Za-z_]"),
        ('S', false) => text.Append(@"[^\t\n\f\r ]"),
        _ => text.Append('\\').Append(escaped),
    };

    private static (string Class, int Length)? PosixAt(string pattern, int start)
    {
        var end = pattern.IndexOf(":]", start, StringComparison.Ordinal);
        return end > start + 2 && pattern[start + 1] == ':' && PosixClasses.TryGetValue(pattern[(start + 2)..end], out var members)
            ? (members, end + 2 - start)
            : null;
    }

    /// <summary>Adds up the atoms a pattern unfolds to when its counted repetitions are written out.</summary>
    private static void RefuseExplosion(string pattern)
    {
        var groups = new Stack<long>();
        long sum = 0;
        long last = 0;
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '\\':
                    i++;
                    (sum, last) = (sum + 1, 1);
                    break;
                case '(':
                    groups.Push(sum);
                    (sum, last) = (0, 0);
                    break;
                case ')' when groups.Count > 0:
                    last = sum + 1;
                    sum = groups.Pop() + last;
                    break;
                case '{' when pattern.IndexOf('}', i) is var end && end > i && LargestCount(pattern.AsSpan(i + 1, end - i - 1)) is { } count:
                    sum += last * (count - 1);
                    last *= count;
                    i = end;
                    break;
                default:
                    (sum, last) = (sum + 1, 1);
                    break;
            }

            if (sum > MaxAtoms)
            {
                throw new ExpressionException("a regular expression repeats too much");
            }
        }
    }

    private static long? LargestCount(ReadOnlySpan<char> counts)
    {
        long? largest = null;
        foreach (var part in counts.Split(','))
        {
            if (counts[part].IsEmpty)
            {
                continue;
            }

            if (!int.TryParse(counts[part], System.Globalization.NumberStyles.None, null, out var count))
            {
                return null;
            }

            largest = Math.Max(largest ?? 1, count);
        }

        return largest;
    }
}
