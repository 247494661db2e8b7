namespace Argosy.Engine.Expressions.Jq;

internal enum JqTokenKind
{
    End,

    /// <summary>A name, a keyword too; names of modules joined by <c>::</c> included.</summary>
    Name,

    /// <summary><c>.name</c>, without its dot.</summary>
    Field,

    /// <summary><c>$name</c>, without its dollar sign.</summary>
    Variable,

    /// <summary><c>@name</c>, with its sign.</summary>
    Format,
    Number,
    Text,
    Operator,
}

/// <param name="Position">Where it begins in the filter, from 0.</param>
/// <param name="Parts">Of a text: its pieces.</param>
internal sealed record JqToken(JqTokenKind Kind, string Value, int Position, IReadOnlyList<JqTextPart>? Parts = null)
{
    public bool Is(string @operator) => Kind == JqTokenKind.Operator && Value == @operator;

    public bool IsWord(string word) => Kind == JqTokenKind.Name && Value == word;

    public override string ToString() => Kind switch
    {
        JqTokenKind.End => "end of the filter",
        JqTokenKind.Text => "a string",
        _ => $"\"{Value}\"",
    };
}

/// <summary>A piece of a text: plain, or the tokens of a filter whose value is put there.</summary>
internal sealed record JqTextPart(string? Plain, IReadOnlyList<JqToken>? Filter);
