using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Argosy.Engine.Expressions.KubectlPaths;

/// <summary>
/// Reads kubectl's JSONPath templates.
/// <code>
/// template = { text | "{" action "}" }
/// action   = "range" path | "end" | path | quoted text            several in one pair of braces follow one another
/// path     = [ "$" | "@" ] { step }
/// step     = "." name | "." "*" | ".." [ name | "*" ] | "[" "*" "]" | "[" member { "," member } "]" | "[?(" filter ")]"
/// member   = quoted name | index | [ index ] ":" [ index ] [ ":" width ]
/// filter   = operand [ ( "==" | "!=" | "&lt;" | "&lt;=" | ">" | ">=" ) operand ]
/// operand  = path | quoted text | number | "true" | "false"
/// name     = characters other than . , [ ] $ @ { } and blanks; a backslash takes any character into it
/// </code>
/// </summary>
internal sealed partial class KubectlPathParser
{
    private const int MaxLength = 64 * 1024;
    private const int MaxNesting = 50;

    private readonly string source;
    private int position;
    private int nesting;
    private int inFilter;

    private KubectlPathParser(string source) => this.source = source;

    private char Current => position < source.Length ? source[position] : '\0';

    public static IReadOnlyList<KubectlPathNode> Parse(string source)
    {
        if (source.Length > MaxLength)
        {
            throw new ExpressionException($"a JSONPath template is longer than {MaxLength} characters");
        }

        var bare = source.Trim();
        if (bare.Length > 1 && (bare[0] is '.' or '$' or '@') && !bare.Contains('{', StringComparison.Ordinal))
        {
            return new KubectlPathParser($"{{{bare}}}").ParseTemplate();
        }

        return new KubectlPathParser(source).ParseTemplate();
    }

    private IReadOnlyList<KubectlPathNode> ParseTemplate()
    {
        var nodes = ParseNodes(out var ended);
        return ended ? throw Refuse("not in range, nothing to end") : nodes;
    }

    /// <summary>Up to the end of the template or to an <c>end</c>.</summary>
    private List<KubectlPathNode> ParseNodes(out bool ended)
    {
        if (++nesting > MaxNesting)
        {
            throw Refuse($"ranges are nested deeper than {MaxNesting} levels");
        }

        var nodes = new List<KubectlPathNode>();
        ended = false;
        while (!ended && position < source.Length)
        {
            var brace = source.IndexOf('{', position);
            var text = source[position..(brace < 0 ? source.Length : brace)];
            if (text.Length > 0)
            {
                nodes.Add(new KubectlText(text));
            }

            position = brace < 0 ? source.Length : brace + 1;
            if (brace >= 0)
            {
                ParseAction(nodes, ref ended);
            }
        }

        nesting--;
        return nodes;
    }

    private void ParseAction(List<KubectlPathNode> nodes, ref bool ended)
    {
        while (!Accept("}"))
        {
            if (position >= source.Length)
            {
                throw Refuse("unclosed action");
            }

            if (char.IsWhiteSpace(Current))
            {
                position++;
            }
            else if (Current is '\'' or '"')
            {
                nodes.Add(new KubectlText(ParseQuoted()));
            }
            else if (Word("range"))
            {
                var steps = ParsePath();
                SkipBlanks();
                Expect("}");
                var body = ParseNodes(out var closed);
                nodes.Add(closed ? new KubectlRange(steps, body) : throw Refuse("unterminated range"));
                return;
            }
            else if (Word("end"))
            {
                SkipBlanks();
                Expect("}");
                ended = true;
                return;
            }
            else
            {
                nodes.Add(new KubectlQuery(ParsePath()));
            }
        }
    }

    /// <summary>At least one step, or a sign for the whole.</summary>
    private List<KubectlStep> ParsePath()
    {
        SkipBlanks();
        var start = position;
        var steps = new List<KubectlStep>();
        if (Current is '$' or '@')
        {
            position++;
        }

        while (true)
        {
            if (Accept(".."))
            {
                steps.Add(new KubectlDescent());
                if (!IsTerminator(Current))
                {
                    steps.Add(ParseName());
                }
            }
            else if (Accept("."))
            {
                // A single dot before a bracket or at the end stands for the value itself.
                if (!IsTerminator(Current))
                {
                    steps.Add(ParseName());
                }
            }
            else if (Accept("[?("))
            {
                steps.Add(ParseFilter());
            }
            else if (Accept("["))
            {
                steps.Add(ParseBracket());
            }
            else
            {
                return position > start ? steps : throw Refuse($"unrecognized {Found()}");
            }
        }
    }

    private KubectlStep ParseName()
    {
        var name = new StringBuilder();
        var escaped = false;
        for (; !IsTerminator(Current); position++)
        {
            if (Current == '\\' && position + 1 < source.Length)
            {
                escaped = true;
                position++;
            }

            name.Append(Current);
        }

        return name.Length switch
        {
            0 => throw Refuse($"unrecognized {Found()}"),
            1 when name[0] == '*' && !escaped => new KubectlWildcard(),
            _ => new KubectlField(name.ToString()),
        };
    }

    private KubectlStep ParseBracket()
    {
        var members = new List<KubectlStep>();
        do
        {
            SkipBlanks();
            members.Add(Current is '\'' or '"' ? ParseQuotedField() : ParseIndexOrSlice());
            SkipBlanks();
        }
        while (Accept(","));
        Expect("]");
        return members.Count == 1 ? members[0] : new KubectlUnion(members);
    }

    private KubectlQuotedField ParseQuotedField()
    {
        var start = position;
        var quote = Current;
        for (position++; Current != quote; position++)
        {
            position += Current == '\\' ? 1 : 0;
            if (position >= source.Length)
            {
                throw Refuse("unterminated quoted string");
            }
        }

        var inner = source[(start + 1)..position];
        position++;
        return new KubectlQuotedField(inner.Replace("\\", "", StringComparison.Ordinal), PathOf(inner));
    }

    /// <summary>The path that the name in quotes stands for; a name that is no path can only be a key.</summary>
    private static List<KubectlStep> PathOf(string inner)
    {
        var parts = Separator().Split(inner);
        return [.. parts.Where(part => part.Length > 0).Select(part => new KubectlField(part.Replace("\\", "", StringComparison.Ordinal)))];
    }

    private KubectlStep ParseIndexOrSlice()
    {
        if (Accept("*"))
        {
            return new KubectlSlice(null, null, null);
        }

        var from = ParseInteger();
        if (!Accept(":"))
        {
            return new KubectlIndex(from ?? throw Refuse($"invalid array index {Found()}"));
        }

        var to = ParseInteger();
        var step = Accept(":") ? ParseInteger() : null;
        return step is <= 0 ? throw Refuse("step must be > 0") : new KubectlSlice(from, to, step);
    }

    private long? ParseInteger()
    {
        SkipBlanks();
        var start = position;
        position += Current is '-' or '+' ? 1 : 0;
        while (char.IsAsciiDigit(Current))
        {
            position++;
        }

        var digits = source.AsSpan(start, position - start);
        SkipBlanks();
        return digits.IsEmpty ? null
            : int.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
            : throw Refuse($"invalid array index {digits}");
    }

    private string ParseQuoted()
    {
        var quote = Current;
        var text = new StringBuilder();
        for (position++; Current != quote; position++)
        {
            if (position >= source.Length)
            {
                throw Refuse("unterminated quoted string");
            }

            if (Current != '\\')
            {
                text.Append(Current);
                continue;
            }

            position++;
            text.Append(Current switch
            {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                '\0' when position >= source.Length => throw Refuse("unterminated quoted string"),
                var c => c,
            });
        }

        position++;
        return text.ToString();
    }

    private bool IsTerminator(char c) => position >= source.Length || char.IsWhiteSpace(c) || c is '.' or ',' or '[' or ']' or '$' or '@' or '{' or '}'
        || (inFilter > 0 && (c is '=' or '!' or '<' or '>' or ')'));

    private bool Word(string word)
    {
        var end = position + word.Length;
        var there = string.CompareOrdinal(source, position, word, 0, word.Length) == 0
            && (end == source.Length || !(char.IsAsciiLetterOrDigit(source[end]) || source[end] == '_'));
        position += there ? word.Length : 0;
        return there;
    }

    private bool Accept(string expected)
    {
        var there = string.CompareOrdinal(source, position, expected, 0, expected.Length) == 0;
        position += there ? expected.Length : 0;
        return there;
    }

    private void Expect(string expected)
    {
        if (!Accept(expected))
        {
            throw Refuse($"expected \"{expected}\", found {Found()}");
        }
    }

    private void SkipBlanks()
    {
        while (char.IsWhiteSpace(Current))
        {
            position++;
        }
    }

    private string Found() => position < source.Length ? $"\"{Current}\"" : "the end";

    private ExpressionException Refuse(string what) => new($"{what} at character {position + 1} of JSONPath template {source}");

    /// <summary>A dot that no backslash precedes.</summary>
    [GeneratedRegex(@"(?<!\\)\.")]
    private static partial Regex Separator();
}
