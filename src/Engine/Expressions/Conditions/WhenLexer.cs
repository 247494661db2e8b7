using System.Globalization;
using System.Text;

namespace Argosy.Engine.Expressions.Conditions;

internal enum WhenTokenKind
{
    End,
    Value,
    Operator,
}

/// <param name="Operator">The operator, empty for a value.</param>
/// <param name="Value">The value's bool, double or string.</param>
internal readonly record struct WhenToken(WhenTokenKind Kind, string Operator, object? Value)
{
    public override string ToString() => Kind switch
    {
        WhenTokenKind.End => "end",
        WhenTokenKind.Operator => $"'{Operator}'",
        _ => $"value '{WhenValue.Text(Value)}'",
    };
}

/// <summary>Cuts a condition into tokens; see <see cref="WhenParser"/> for what they are.</summary>
internal sealed class WhenLexer
{
    // Longest first where one begins with another.
    private static readonly string[] Operators =
    [
        "==", "!=", "<=", ">=", "=~", "!~", "&&", "||", "**", "<<", ">>",
        "<", ">", "!", "(", ")", ",", "?", ":", "+", "-", "*", "/", "%", "&", "|", "^", "~",
    ];

    private readonly string source;
    private readonly List<WhenToken> tokens = [];
    private int position;

    private WhenLexer(string source) => this.source = source;

    private char Current => position < source.Length ? source[position] : '\0';

    public static List<WhenToken> Read(string source)
    {
        var lexer = new WhenLexer(source);
        while (lexer.position < source.Length)
        {
            lexer.ReadToken();
        }

        lexer.tokens.Add(new WhenToken(WhenTokenKind.End, "", null));
        return lexer.tokens;
    }

    private void ReadToken()
    {
        if (char.IsWhiteSpace(Current))
        {
            position++;
        }
        else if (Current is '\'' or '"')
        {
            var quote = Current;
            AddValue(WhenValue.OfQuoted(ReadUntil(quote)));
        }
        else if (Current == '[')
        {
            AddValue(ReadUntil(']'));
        }
        else if (IsWordCharacter(Current) || Current == '\\')
        {
            ReadNumberOrWord();
        }
        else
        {
            ReadOperator();
        }
    }

    private void ReadNumberOrWord()
    {
        var start = position;
        if (char.IsAsciiDigit(Current) && ReadNumber() is { } number)
        {
            AddValue(number);
            return;
        }

        position = start;
        var word = ReadWord();
        switch (word)
        {
            case "true" or "false":
                AddValue(word == "true");
                break;
            case "in" or "IN":
                tokens.Add(new WhenToken(WhenTokenKind.Operator, "in", null));
                break;
            default:
                AddValue(word);
                break;
        }
    }

    /// <summary>A number, unless it is the beginning of a word: 5-1 is a difference; 5a, 5-a and 1.2.3 are words.</summary>
    private double? ReadNumber()
    {
        var start = position;
        if (Current == '0' && position + 1 < source.Length && source[position + 1] is 'x' or 'X')
        {
            position += 2;
            var digits = position;
            SkipWhile(char.IsAsciiHexDigit);
            return !ContinuesWord() && ulong.TryParse(source.AsSpan(digits, position - digits), NumberStyles.AllowHexSpecifier, null, out var hex) ? hex : null;
        }

        SkipWhile(char.IsAsciiDigit);
        if (Current == '.' && position + 1 < source.Length && char.IsAsciiDigit(source[position + 1]))
        {
            position++;
            SkipWhile(char.IsAsciiDigit);
        }

        return !ContinuesWord() && double.TryParse(source.AsSpan(start, position - start), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
    }

    private bool ContinuesWord()
    {
        if (Current is '.' or '\\')
        {
            return true;
        }

        for (var i = position; i < source.Length && (IsWordCharacter(source[i]) || source[i] is '-' or '/'); i++)
        {
            if (char.IsLetter(source[i]) || source[i] == '_')
            {
                return true;
            }
        }

        return false;
    }

    private void SkipWhile(Func<char, bool> belongs)
    {
        while (position < source.Length && belongs(Current))
        {
            position++;
        }
    }

    /// <summary>A word goes on over dashes, dots and slashes; a backslash takes any character into it.</summary>
    private string ReadWord()
    {
        var word = new StringBuilder();
        for (; IsWordCharacter(Current) || Current is '-' or '/' or '\\'; position++)
        {
            position += Current == '\\' && position + 1 < source.Length ? 1 : 0;
            word.Append(Current);
        }

        return word.ToString();
    }

    private string ReadUntil(char end)
    {
        var text = new StringBuilder();
        for (position++; position < source.Length && Current != end; position++)
        {
            position += Current == '\\' && position + 1 < source.Length ? 1 : 0;
            text.Append(Current);
        }

        if (position == source.Length)
        {
            throw new ExpressionException(end == ']' ? "unclosed parameter bracket" : "unclosed string literal");
        }

        position++;
        return text.ToString();
    }

    private void ReadOperator()
    {
        foreach (var @operator in Operators)
        {
            if (string.CompareOrdinal(source, position, @operator, 0, @operator.Length) == 0)
            {
                tokens.Add(new WhenToken(WhenTokenKind.Operator, @operator, null));
                position += @operator.Length;
                return;
            }
        }

        throw new ExpressionException($"invalid token '{Current}'");
    }

    private void AddValue(object value) => tokens.Add(new WhenToken(WhenTokenKind.Value, "", value));

    private static bool IsWordCharacter(char c) => char.IsLetterOrDigit(c) || c is '_' or '.';
}
