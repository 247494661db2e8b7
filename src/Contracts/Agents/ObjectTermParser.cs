using System.Globalization;

namespace Argosy.Contracts.Agents;

/// <summary>Reads the terms of a condition from left to right; every complaint names the position and what was expected there.</summary>
internal sealed class ObjectTermParser(string text)
{
    private int _position;

    public IReadOnlyList<ObjectTerm> Parse()
    {
        List<ObjectTerm> terms = [];
        while (true)
        {
            terms.Add(ReadTerm());
            SkipSpaces();
            if (_position == text.Length)
            {
                return terms;
            }

            Expect(',');
        }
    }

    private ObjectTerm ReadTerm()
    {
        SkipSpaces();
        if (Accept("!"))
        {
            return new ObjectTerm(ReadPath(), "!", []);
        }

        var path = ReadPath();
        SkipSpaces();
        if (_position == text.Length || text[_position] == ',')
        {
            return new ObjectTerm(path, "exists", []);
        }

        foreach (var (token, name) in (ReadOnlySpan<(string, string)>)[("!=", "!="), ("==", "=="), ("=", "="), (">", "gt"), ("<", "lt")])
        {
            if (Accept(token))
            {
                return new ObjectTerm(path, name, [name is "gt" or "lt" ? ReadNumber() : ReadValue()]);
            }
        }

        return ReadWord() switch
        {
            "in" => new ObjectTerm(path, "in", ReadValues()),
            "notin" => new ObjectTerm(path, "notin", ReadValues()),
            var other => throw Refuse($"found '{other}', expected one of: =, ==, !=, in, notin, >, <"),
        };
    }

    private string ReadPath()
    {
        SkipSpaces();
        return ReadWord() is { Length: > 0 } path ? path : throw Refuse("expected the path of a field");
    }

    private string ReadValue()
    {
        SkipSpaces();
        return ReadWord();
    }

    private string ReadNumber()
    {
        var value = ReadValue();
        return long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
            ? value
            : throw Refuse($"value \"{value}\": for '>' and '<' the value must be an integer");
    }

    private List<string> ReadValues()
    {
        SkipSpaces();
        Expect('(');
        List<string> values = [];
        do
        {
            values.Add(ReadValue());
            SkipSpaces();
        }
        while (Accept(","));
        Expect(')');
        values.Sort(StringComparer.Ordinal); // as upstream tells them
        return values;
    }

    private string ReadWord()
    {
        var start = _position;
        while (_position < text.Length && !char.IsWhiteSpace(text[_position]) && text[_position] is not (',' or '(' or ')' or '=' or '!' or '<' or '>'))
        {
            _position++;
        }

        return text[start.._position];
    }

    private void SkipSpaces()
    {
        while (_position < text.Length && char.IsWhiteSpace(text[_position]))
        {
            _position++;
        }
    }

    private bool Accept(string token)
    {
        if (!text.AsSpan(_position).StartsWith(token, StringComparison.Ordinal))
        {
            return false;
        }

        _position += token.Length;
        return true;
    }

    private void Expect(char expected)
    {
        if (_position == text.Length || text[_position] != expected)
        {
            throw Refuse($"found {(_position == text.Length ? "the end" : $"'{text[_position]}'")}, expected '{expected}'");
        }

        _position++;
    }

    private FormatException Refuse(string complaint) => new($"{complaint} (at position {_position})");
}
