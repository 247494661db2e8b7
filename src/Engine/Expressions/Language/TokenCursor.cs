namespace Argosy.Engine.Expressions.Language;

/// <summary>A place in a list of tokens, moved forward by what is expected there.</summary>
internal sealed class TokenCursor(List<Token> tokens)
{
    private int position;

    public Token Current => tokens[position];

    /// <summary>The token after the current one; the end follows itself.</summary>
    public Token Next => tokens[Math.Min(position + 1, tokens.Count - 1)];

    /// <summary>The current token, left behind.</summary>
    public Token Take() => Current.Kind == TokenKind.End ? throw Unexpected() : tokens[position++];

    public bool Accept(string @operator)
    {
        var there = Current.Is(@operator);
        position += there ? 1 : 0;
        return there;
    }

    public void Expect(string @operator)
    {
        if (!Accept(@operator))
        {
            throw Unexpected();
        }
    }

    public string ExpectName() => Current.Kind == TokenKind.Name ? Take().Text : throw Unexpected();

    /// <summary>Words like "in" and "contains", operators elsewhere, are plain names after a dot.</summary>
    public string ExpectMemberName() =>
        Current.Kind == TokenKind.Operator && char.IsLetter(Current.Text[0]) ? Take().Text : ExpectName();

    public ExpressionException Unexpected() => Unexpected(Current);

    public static ExpressionException Unexpected(Token token) => new($"unexpected {token} at character {token.Position + 1}");
}
