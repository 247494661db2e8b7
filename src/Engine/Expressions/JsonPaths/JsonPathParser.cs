using System.Globalization;
using System.Text;

namespace Argosy.Engine.Expressions.JsonPaths;

/// <summary>Reads the grammar of <see cref="JsonPath"/>.</summary>
internal sealed class JsonPathParser
{
    private const int MaxNesting = 50;
    private const int MaxSteps = 500;

    private static readonly string[] Comparisons = ["==", "!=", "<=", ">=", "=~", "<", ">"];

    private readonly string source;
    private int position;
    private int nesting;

    private JsonPathParser(string source) => this.source = source;

    private char Current => position < source.Length ? source[position] : '\0';

    public static List<JsonPathStep> Parse(string source)
    {
        var parser = new JsonPathParser(source.Trim());
        parser.Expect('$');
        var steps = parser.ParseSteps();
        return parser.position == parser.source.Length ? steps : throw parser.Unexpected();
    }

    private List<JsonPathStep> ParseSteps()
    {
        var steps = new List<JsonPathStep>();
        while (steps.Count <= MaxSteps)
        {
            if (Accept(".."))
            {
                steps.Add(new DescendStep());
                steps.Add(Current == '[' ? ParseBracket() : ParseNameOrAll());
            }
            else if (Accept("."))
            {
                steps.Add(ParseNameOrAll());
            }
            else if (Current == '[')
            {
                steps.Add(ParseBracket());
            }
            else
            {
                return steps;
            }
        }

        throw new ExpressionException("a JSON path has too many steps");
    }

    private JsonPathStep ParseNameOrAll()
    {
        if (Accept("*"))
        {
            return new AllStep();
        }

        var start = position;
        while (position < source.Length && (char.IsLetterOrDigit(Current) || Current is '_' or '-' or '$'))
        {
            position++;
        }

        return position > start ? new NameStep(source[start..position]) : throw Unexpected();
    }

    private JsonPathStep ParseBracket()
    {
        Expect('[');
        SkipBlanks();
        JsonPathStep step = Accept("*") ? new AllStep() : Accept("?") ? ParseFilter() : ParseUnion();
        SkipBlanks();
        Expect(']');
        return step;
    }

    private FilterStep ParseFilter()
    {
        Expect('(');
        var condition = ParseOr();
        SkipBlanks();
        Expect(')');
        return new FilterStep(condition);
    }

    private JsonPathStep ParseUnion()
    {
        var selectors = new List<JsonPathStep>();
        do
        {
            SkipBlanks();
            selectors.Add(Current is '\'' or '"' ? new NameStep(ParseQuoted()) : ParseIndexOrSlice());
            SkipBlanks();
        }
        while (Accept(","));
        return selectors.Count == 1 ? selectors[0] : new UnionStep(selectors);
    }

    private JsonPathStep ParseIndexOrSlice()
    {
        var from = ParseInteger();
        if (!Accept(":"))
        {
            return new IndexStep(from ?? throw Unexpected());
        }

        var to = ParseInteger();
        return new SliceStep(from, to, Accept(":") ? ParseInteger() : null);
    }

    private long? ParseInteger()
    {
        SkipBlanks();
        var start = position;
        position += Current == '-' ? 1 : 0;
        while (char.IsAsciiDigit(Current))
        {
            position++;
        }

        var text = source.AsSpan(start, position - start);
        SkipBlanks();
        return text.IsEmpty ? null
            : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
            : throw Unexpected();
    }

    private JsonPathCondition ParseOr()
    {
        if (++nesting > MaxNesting)
        {
            throw new ExpressionException("a JSON path is nested too deeply");
        }

        var condition = ParseAnd();
        var height = 0;
        while (AcceptBlankThen("||"))
        {
            condition = new JunctionCondition(false, condition, ParseAnd());
            CheckHeight(++height);
        }

        nesting--;
        return condition;
    }

    private JsonPathCondition ParseAnd()
    {
        var condition = ParseComparison();
        var height = 0;
        while (AcceptBlankThen("&&"))
        {
            condition = new JunctionCondition(true, condition, ParseComparison());
            CheckHeight(++height);
        }

        return condition;
    }

    private void CheckHeight(int height)
    {
        if (height > MaxSteps)
        {
            throw Unexpected();
        }
    }

    private JsonPathCondition ParseComparison()
    {
        var left = ParseOperand();
        foreach (var @operator in Comparisons)
        {
            if (AcceptBlankThen(@operator))
            {
                return new CompareCondition(@operator, left, ParseOperand());
            }
        }

        return OrExists(left);
    }

    private JsonPathCondition ParseOperand()
    {
        SkipBlanks();
        if (Accept("!"))
        {
            nesting++;
            if (nesting > MaxNesting)
            {
                throw Unexpected();
            }

            var operand = ParseOperand();
            nesting--;
            return new NotCondition(OrExists(operand));
        }

        if (Accept("("))
        {
            var inner = ParseOr();
            SkipBlanks();
            Expect(')');
            return inner;
        }

        return Current switch
        {
            '@' or '$' => ParsePath(),
            '\'' or '"' => new LiteralCondition(ParseQuoted()),
            '/' => new LiteralCondition(ParsePattern()),
            _ => new LiteralCondition(ParseWord()),
        };
    }

    private static JsonPathCondition OrExists(JsonPathCondition condition) =>
        condition is PathCondition path ? new ExistsCondition(path) : condition;

    private PathCondition ParsePath()
    {
        var fromDocument = source[position++] == '$';
        nesting++;
        if (nesting > MaxNesting)
        {
            throw Unexpected();
        }

        var steps = ParseSteps();
        nesting--;
        return new PathCondition(steps, fromDocument);
    }

    private object? ParseWord()
    {
        var start = position;
        while (position < source.Length && (char.IsLetterOrDigit(Current) || Current is '.' or '-' or '+'))
        {
            position++;
        }

        var word = source[start..position];
        return word switch
        {
            "true" => true,
            "false" => false,
            "null" or "nil" => null,
            _ when double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
            _ => throw Unexpected(),
        };
    }

    private string ParsePattern()
    {
        var end = source.IndexOf('/', position + 1);
        if (end < 0)
        {
            throw Unexpected();
        }

        var pattern = source[(position + 1)..end];
        position = end + 1;
        return Accept("i") ? "(?i)" + pattern : pattern;
    }

    private string ParseQuoted()
    {
        var quote = Current;
        var text = new StringBuilder();
        for (position++; Current != quote; position++)
        {
            position += Current == '\\' && position + 1 < source.Length ? 1 : 0;
            text.Append(position < source.Length ? Current : throw Unexpected());
        }

        position++;
        return text.ToString();
    }

    private bool AcceptBlankThen(string expected)
    {
        SkipBlanks();
        return Accept(expected);
    }

    private bool Accept(string expected)
    {
        var there = string.CompareOrdinal(source, position, expected, 0, expected.Length) == 0;
        position += there ? expected.Length : 0;
        return there;
    }

    private void Expect(char expected)
    {
        if (Current != expected || position == source.Length)
        {
            throw Unexpected();
        }

        position++;
    }

    private void SkipBlanks()
    {
        while (char.IsWhiteSpace(Current))
        {
            position++;
        }
    }

    private ExpressionException Unexpected() => new(position < source.Length
        ? $"unexpected \"{Current}\" at character {position + 1} of JSON path {source}"
        : $"unexpected end of JSON path {source}");
}
