using System.Text;

namespace Argosy.Engine.Expressions.Language;

/// <summary>Cuts an expression into tokens. Comments (<c>//</c> to the end of the line, <c>/* */</c>) and white space vanish.</summary>
internal sealed class Lexer
{
    private static readonly HashSet<string> WordOperators =
        ["not", "in", "and", "or", "matches", "contains", "startsWith", "endsWith", "let", "if", "else"];

    private static readonly HashSet<string> PairedOperators =
        ["==", "!=", "<=", ">=", "&&", "||", "**", "..", "?.", "??", "::"];

    private readonly string source;
    private readonly List<Token> tokens = [];
    private int position;

    private Lexer(string source) => this.source = source;

    public static List<Token> Read(string source)
    {
        var lexer = new Lexer(source);
        lexer.ReadAll();
        return lexer.tokens;
    }

    private char Current => position < source.Length ? source[position] : '\0';

    private char Next => position + 1 < source.Length ? source[position + 1] : '\0';

    private void ReadAll()
    {
        while (SkipBlanks())
        {
            var start = position;
            if (IsNameStart(Current))
            {
                ReadName(start);
            }
            else if (char.IsAsciiDigit(Current) || (Current == '.' && char.IsAsciiDigit(Next)))
            {
                ReadNumber(start);
            }
            else if (Current is '\'' or '"')
            {
                ReadText(start);
            }
            else if (Current == '`')
            {
                ReadRawText(start);
            }
            else
            {
                ReadOperator(start);
            }
        }

        tokens.Add(new Token(TokenKind.End, "", source.Length));
    }

    /// <summary>False at the end of the source.</summary>
    private bool SkipBlanks()
    {
        while (position < source.Length)
        {
            if (char.IsWhiteSpace(Current))
            {
                position++;
            }
            else if (Current == '/' && Next == '/')
            {
                var end = source.IndexOf('\n', position);
                position = end < 0 ? source.Length : end;
            }
            else if (Current == '/' && Next == '*')
            {
                var end = source.IndexOf("*/", position + 2, StringComparison.Ordinal);
                position = end < 0 ? throw Error("unclosed comment", position) : end + 2;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    private void ReadName(int start)
    {
        while (IsNameStart(Current) || char.IsDigit(Current))
        {
            position++;
        }

        var name = source[start..position];
        tokens.Add(new Token(WordOperators.Contains(name) ? TokenKind.Operator : TokenKind.Name, name, start));
    }

    private void ReadNumber(int start)
    {
        if (Current == '0' && Next is 'x' or 'X' or 'o' or 'O' or 'b' or 'B')
        {
            position += 2;
            SkipWhile(c => char.IsAsciiHexDigit(c) || c == '_');
        }
        else
        {
            SkipWhile(c => char.IsAsciiDigit(c) || c == '_');
            if (Current == '.' && Next != '.')
            {
                position++;
                SkipWhile(c => char.IsAsciiDigit(c) || c == '_');
            }

            if (Current is 'e' or 'E')
            {
                position++;
                position += Current is '+' or '-' ? 1 : 0;
                SkipWhile(char.IsAsciiDigit);
            }
        }

        if (IsNameStart(Current))
        {
            throw Error("bad number", start);
        }

        tokens.Add(new Token(TokenKind.Number, source[start..position].Replace("_", "", StringComparison.Ordinal), start));
    }

    private void SkipWhile(Func<char, bool> belongs)
    {
        while (position < source.Length && belongs(Current))
        {
            position++;
        }
    }

    private void ReadRawText(int start)
    {
        var end = source.IndexOf('`', start + 1);
        if (end < 0)
        {
            throw Error("unclosed string", start);
        }

        tokens.Add(new Token(TokenKind.Text, source[(start + 1)..end], start));
        position = end + 1;
    }

    private void ReadText(int start)
    {
        var quote = Current;
        var text = new StringBuilder();
        for (position++; Current != quote; position++)
        {
            if (position >= source.Length)
            {
                throw Error("unclosed string", start);
            }

            if (Current == '\\')
            {
                position++;
                AppendEscape(text);
            }
            else
            {
                text.Append(Current);
            }
        }

        position++;
        tokens.Add(new Token(TokenKind.Text, text.ToString(), start));
    }

    private void AppendEscape(StringBuilder text)
    {
        switch (Current)
        {
            case 'a': text.Append('\a'); break;
            case 'b': text.Append('\b'); break;
            case 'f': text.Append('\f'); break;
            case 'n': text.Append('\n'); break;
            case 'r': text.Append('\r'); break;
            case 't': text.Append('\t'); break;
            case 'v': text.Append('\v'); break;
            case '\\' or '\'' or '"' or '`' or '?': text.Append(Current); break;
            case 'x': text.Append((char)ReadCode(fromBase: 16, digits: 2)); break;
            case 'u': text.Append((char)ReadCode(fromBase: 16, digits: 4)); break;
            case 'U': AppendRune(text, ReadCode(fromBase: 16, digits: 8)); break;
            case >= '0' and <= '3':
                position--;
                text.Append((char)ReadCode(fromBase: 8, digits: 3));
                break;
            default:
                throw Error("unknown escape sequence", position - 1);
        }
    }

    /// <summary>Reads the digits after the current character and stays on the last of them.</summary>
    private uint ReadCode(int fromBase, int digits)
    {
        var start = position + 1;
        if (start + digits > source.Length)
        {
            throw Error("unfinished escape sequence", position);
        }

        uint code = 0;
        foreach (var digit in source.AsSpan(start, digits))
        {
            var value = char.IsAsciiHexDigit(digit) ? Convert.ToUInt32(digit.ToString(), 16) : uint.MaxValue;
            code = value < fromBase ? (code * (uint)fromBase) + value : throw Error("bad escape sequence", position);
        }

        position += digits;
        return code;
    }

    private void AppendRune(StringBuilder text, uint code) =>
        text.Append(Rune.IsValid(code) ? new Rune(code).ToString() : throw Error("bad escape sequence", position));

    private void ReadOperator(int start)
    {
        var length = position + 1 < source.Length && PairedOperators.Contains(source.Substring(start, 2)) ? 2 : 1;
        if (length == 1 && !"()[]{},;:?.+-*/%^!<>=|#".Contains(Current, StringComparison.Ordinal))
        {
            throw Error($"unexpected character {(char.IsControl(Current) ? $"U+{(int)Current:X4}" : Current)}", start);
        }

        tokens.Add(new Token(TokenKind.Operator, source.Substring(start, length), start));
        position += length;
    }

    private static bool IsNameStart(char c) => char.IsLetter(c) || c is '_' or '$';

    private static ExpressionException Error(string message, int position) => new($"{message} at character {position + 1}");
}
