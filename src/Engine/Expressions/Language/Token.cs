namespace Argosy.Engine.Expressions.Language;

internal enum TokenKind
{
    End,
    Name,
    Number,
    Text,

    /// <summary>Punctuation and the words that act as operators (<c>in</c>, <c>not</c>, <c>matches</c>, <c>let</c> …).</summary>
    Operator,
}

/// <param name="Text">The operator or name as written, a number without its underscores, a string's decoded text.</param>
/// <param name="Position">Where the token begins in the source, in characters.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Position)
{
    public bool Is(string @operator) => Kind == TokenKind.Operator && Text == @operator;

    public override string ToString() => Kind == TokenKind.End ? "end of expression" : $"\"{Text}\"";
}
