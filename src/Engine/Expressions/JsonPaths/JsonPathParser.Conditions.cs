using System.Globalization;

namespace Argosy.Engine.Expressions.JsonPaths;

/// <content>What stands in the parentheses of a filter.</content>
internal sealed partial class JsonPathParser
{
    private static readonly string[] Comparisons = ["==", "!=", "<=", ">=", "=~", "<", ">"];

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
}
