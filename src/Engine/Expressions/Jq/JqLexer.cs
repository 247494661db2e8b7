using System.Globalization;
using System.Text;

namespace Argosy.Engine.Expressions.Jq;

/// <summary>Cuts a filter into tokens. Comments (<c>#</c> to the end of the line) and white space vanish.</summary>
internal sealed class JqLexer
{
    private const int MaxNesting = 100;

    // Longest first where one begins with another.
    private static readonly string[] Operators =
    [
        "?//=", "?//", "//=", "|=", "+=", "-=", "*=", "/=", "%=", "==", "!=", "<=", ">=", "//", "..",
        "|", ",", "=", "<", ">", "+", "-", "*", "/", "%", "(", ")", "[", "]", "{", "}", ":", ";", ".", "?",
    ];

    private readonly string source;
    private int position;
    private int nesting;

    private JqLexer(string source) => this.source = source;

    private char Current => position < source.Length ? source[position] : '\0';

    private char Next => position + 1 < source.Length ? source[position + 1] : '\0';

    /// <exception cref="ExpressionException">The filter holds something that is no token.</exception>
    public static List<JqToken> Read(string source) => new JqLexer(source).ReadUntil(closing: false);

    /// <summary>Up to the end of the filter, or up to the parenthesis that closes a <c>\(</c>.</summary>
    private List<JqToken> ReadUntil(bool closing)
    {
        if (++nesting > MaxNesting)
        {
            throw Error($"strings are nested deeper than {MaxNesting} levels", position);
        }

        var tokens = new List<JqToken>();
        var open = 0;
        while (SkipBlanks())
        {
            var token = ReadToken();
            open += token.Is("(") ? 1 : token.Is(")") ? -1 : 0;
            if (closing && open < 0)
            {
                tokens.Add(token with { Kind = JqTokenKind.End, Value = "" });
                nesting--;
                return tokens;
            }

            tokens.Add(token);
        }

        if (closing)
        {
            throw Error("unclosed string interpolation", position);
        }

        tokens.Add(new JqToken(JqTokenKind.End, "", position));
        nesting--;
        return tokens;
    }

    private bool SkipBlanks()
    {
        while (position < source.Length)
        {
            if (Current == '#')
            {
                var end = source.IndexOf('\n', position);
                position = end < 0 ? source.Length : end;
            }
            else if (char.IsWhiteSpace(Current))
            {
                position++;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    private JqToken ReadToken()
    {
        var start = position;
        switch (Current)
        {
            case '"':
                return ReadText();
            case '$' when IsNameStart(Next):
                position++;
                return new JqToken(JqTokenKind.Variable, ReadName(), start);
            case '@' when IsNameStart(Next):
                position++;
                return new JqToken(JqTokenKind.Format, "@" + ReadName(), start);
            case '.' when IsNameStart(Next):
                position++;
                return new JqToken(JqTokenKind.Field, ReadSimpleName(), start);
            case var c when char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Next)):
                return ReadNumber();
            case var c when IsNameStart(c):
                return new JqToken(JqTokenKind.Name, ReadName(), start);
        }

        foreach (var @operator in Operators)
        {
            if (string.CompareOrdinal(source, position, @operator, 0, @operator.Length) == 0)
            {
                position += @operator.Length;
                return new JqToken(JqTokenKind.Operator, @operator, start);
            }
        }

        throw Error($"unexpected \"{Current}\"", start);
    }

    private string ReadName()
    {
        var start = position;
        ReadSimpleName();
        while (Current == ':' && Next == ':' && position + 2 < source.Length && IsNameStart(source[position + 2]))
        {
            position += 2;
            ReadSimpleName();
        }

        return source[start..position];
    }

    private string ReadSimpleName()
    {
        var start = position;
        while (IsNameStart(Current) || char.IsAsciiDigit(Current))
        {
            position++;
        }

        return source[start..position];
    }

    private JqToken ReadNumber()
    {
        var start = position;
        SkipDigits();
        if (Current == '.' && Next != '.')
        {
            position++;
            SkipDigits();
        }

        if (Current is 'e' or 'E')
        {
            position++;
            position += Current is '+' or '-' ? 1 : 0;
            if (!char.IsAsciiDigit(Current))
            {
                throw Error("bad number", start);
            }

            SkipDigits();
        }

        return IsNameStart(Current)
            ? throw Error("bad number", start)
            : new JqToken(JqTokenKind.Number, source[start..position], start);
    }

    private void SkipDigits()
    {
        while (char.IsAsciiDigit(Current))
        {
            position++;
        }
    }

    private JqToken ReadText()
    {
        var start = position++;
        var parts = new List<JqTextPart>();
        var plain = new StringBuilder();
        for (; Current != '"' || position >= source.Length; position++)
        {
            if (position >= source.Length)
            {
                throw Error("unclosed string", start);
            }

            if (Current != '\\')
            {
                plain.Append(Current);
            }
            else if (Next == '(')
            {
                position += 2;
                parts.Add(new JqTextPart(plain.ToString(), null));
                plain.Clear();
                parts.Add(new JqTextPart(null, ReadUntil(closing: true)));
                position--;
            }
            else
            {
                position++;
                plain.Append(ReadEscape());
            }
        }

        position++;
        parts.Add(new JqTextPart(plain.ToString(), null));
        return new JqToken(JqTokenKind.Text, "", start, [.. parts.Where(part => part.Plain != "")]);
    }

    private char ReadEscape()
    {
        switch (Current)
        {
            case '"' or '\\' or '/':
                return Current;
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u' when position + 4 < source.Length
                && ushort.TryParse(source.AsSpan(position + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code):
                position += 4;
                return (char)code;
            default:
                throw Error("bad escape sequence in a string", position);
        }
    }

    private static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c == '_';

    private static ExpressionException Error(string what, int at) => new($"{what} at character {at + 1} of the jq filter");
}
