using System.Globalization;

namespace Argosy.Engine.Placement;

/// <summary>Reads a selector from left to right; every complaint names the position and what was expected there.</summary>
internal sealed class LabelSelectorParser(string text)
{
    private int position;

    public IReadOnlyList<LabelRequirement> Parse()
    {
        var requirements = new List<LabelRequirement>();
        while (true)
        {
            requirements.Add(ReadRequirement());
            SkipSpaces();
            if (position == text.Length)
            {
                return requirements;
            }

            Expect(',');
            SkipSpaces();
            if (position == text.Length)
            {
                throw Refuse("found nothing after ',', expected another requirement");
            }
        }
    }

    private LabelRequirement ReadRequirement()
    {
        SkipSpaces();
        if (Accept("!"))
        {
            return new LabelRequirement(ReadKey(), LabelOperator.DoesNotExist, []);
        }

        var key = ReadKey();
        SkipSpaces();
        if (position == text.Length || text[position] == ',')
        {
            return new LabelRequirement(key, LabelOperator.Exists, []);
        }

        if (Accept("!="))
        {
            return new LabelRequirement(key, LabelOperator.NotEquals, [ReadValue()]);
        }

        if (Accept("==") || Accept("="))
        {
            return new LabelRequirement(key, LabelOperator.Equals, [ReadValue()]);
        }

        if (Accept(">"))
        {
            return new LabelRequirement(key, LabelOperator.GreaterThan, [ReadNumber()]);
        }

        if (Accept("<"))
        {
            return new LabelRequirement(key, LabelOperator.LessThan, [ReadNumber()]);
        }

        return ReadWord() switch
        {
            "in" => new LabelRequirement(key, LabelOperator.In, ReadValues()),
            "notin" => new LabelRequirement(key, LabelOperator.NotIn, ReadValues()),
            var other => throw Refuse($"found '{other}', expected one of: =, ==, !=, in, notin, >, <"),
        };
    }

    private string ReadKey()
    {
        SkipSpaces();
        var key = ReadWord();
        return LabelSyntax.KeyError(key) is { } error ? throw Refuse($"key \"{key}\": {error}") : key;
    }

    private string ReadValue()
    {
        SkipSpaces();
        var value = ReadWord();
        return LabelSyntax.ValueError(value) is { } error ? throw Refuse($"value \"{value}\": {error}") : value;
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
        var values = new List<string>();
        do
        {
            values.Add(ReadValue());
            SkipSpaces();
        }
        while (Accept(","));
        Expect(')');
        return values;
    }

    private string ReadWord()
    {
        var start = position;
        while (position < text.Length && text[position] is not (' ' or '\t' or '\n' or '\r' or ',' or '(' or ')' or '=' or '!' or '<' or '>'))
        {
            position++;
        }

        return text[start..position];
    }

    private void SkipSpaces()
    {
        while (position < text.Length && char.IsWhiteSpace(text[position]))
        {
            position++;
        }
    }

    private bool Accept(string token)
    {
        if (!text.AsSpan(position).StartsWith(token, StringComparison.Ordinal))
        {
            return false;
        }

        position += token.Length;
        return true;
    }

    private void Expect(char expected)
    {
        if (position == text.Length || text[position] != expected)
        {
            var found = position == text.Length ? "the end" : $"'{text[position]}'";
            throw Refuse($"found {found}, expected '{expected}'");
        }

        position++;
    }

    private FormatException Refuse(string complaint) =>
        new($"unable to parse label selector \"{text}\": {complaint} (at position {position})");
}
