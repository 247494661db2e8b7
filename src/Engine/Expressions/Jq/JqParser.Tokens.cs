using System.Globalization;

namespace Argosy.Engine.Expressions.Jq;

/// <content>Taking tokens, and what is made of a single one; the limits of nesting and length.</content>
internal sealed partial class JqParser
{
    private JqNode ParseText(JqToken text, string? format)
    {
        var write = format is null ? (value, _) => JqValue.Plain(value) : JqFormats.Find(format) ?? throw Error($"{format} is not a valid format", text);
        if (text.Parts!.All(part => part.Plain is not null))
        {
            return new JqLiteralNode(string.Concat(text.Parts!.Select(part => part.Plain)));
        }

        return new JqTextNode([.. text.Parts!.Select(part => (part.Plain, part.Filter is null ? null : ParseInner(part.Filter)))], write);
    }

    /// <summary>A filter inside a text, with the names around the text.</summary>
    private JqNode ParseInner(IReadOnlyList<JqToken> inner)
    {
        Enter();
        var (outerTokens, outerPosition) = (tokens, position);
        (tokens, position) = (inner, 0);
        var node = ParsePipe();
        if (Current.Kind != JqTokenKind.End)
        {
            throw Unexpected();
        }

        (tokens, position) = (outerTokens, outerPosition);
        nesting--;
        return node;
    }

    private static JqLiteralNode NumberNode(JqToken token) => new(
        long.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var whole)
            ? whole
            : (object)double.Parse(token.Value, NumberStyles.Float, CultureInfo.InvariantCulture));

    private void Enter()
    {
        if (++nesting > MaxNesting)
        {
            throw new ExpressionException($"a jq filter is nested deeper than {MaxNesting} levels");
        }
    }

    private static void CheckRun(int run)
    {
        if (run > MaxRun)
        {
            throw new ExpressionException($"a jq filter has more than {MaxRun} operations in a row");
        }
    }

    private JqToken Take() => tokens[position++];

    private bool Accept(string @operator)
    {
        var there = Current.Is(@operator);
        position += there ? 1 : 0;
        return there;
    }

    private bool AcceptWord(string word)
    {
        var there = Current.IsWord(word);
        position += there ? 1 : 0;
        return there;
    }

    private void Expect(string @operator)
    {
        if (!Accept(@operator))
        {
            throw Unexpected();
        }
    }

    private void ExpectWord(string word)
    {
        if (!AcceptWord(word))
        {
            throw Unexpected();
        }
    }

    private JqToken Expect(JqTokenKind kind) => Current.Kind == kind ? Take() : throw Unexpected();

    private string ExpectName() => Current.Kind == JqTokenKind.Name && !Keywords.Contains(Current.Value) ? Take().Value : throw Unexpected();

    private ExpressionException Unexpected() => Error($"unexpected {Current}", Current);

    private static ExpressionException Error(string what, JqToken at) => new($"{what} at character {at.Position + 1} of the jq filter");
}
