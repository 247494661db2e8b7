namespace Argosy.Engine.Expressions.Conditions;

/// <summary>
/// Reads a <c>when</c> condition: the part of the govaluate language that has a meaning without variables.
/// <code>
/// condition  = any [ "?" condition ":" condition ]
/// any        = all { "||" all }
/// all        = comparison { "&amp;&amp;" comparison }
/// comparison = sum { ( "==" | "!=" | "&lt;" | "&lt;=" | "&gt;" | ">=" | "=~" | "!~" | "in" ) sum }
/// sum        = operand { ( "+" | "-" | "*" | "/" | "%" | "**" | "&amp;" | "|" | "^" | "&lt;&lt;" | "&gt;&gt;" ) operand }   by precedence, below
/// operand    = { "!" | "-" | "~" } ( value | "(" condition { "," condition } ")" )
/// value      = "true" | "false" | number | quoted text | "[" text "]" | word
/// word       = letters, digits and "_ . - /", beginning with a letter, digit, "_" or "."; "\" takes any character into it
/// </code>
/// Arithmetic binds, from loose to tight: <c>&amp; | ^</c>, then <c>&lt;&lt; &gt;&gt;</c>, <c>+ -</c>, <c>* / %</c>, <c>**</c>. A word is a text; quoted
/// text that is a date is a number of seconds. Comparisons never convert: a number and a text are never equal and cannot be ordered.
/// </summary>
internal sealed class WhenParser
{
    private const int MaxLength = 256 * 1024;
    private const int MaxNesting = 100;
    private const int MaxRun = 1000;

    private static readonly string[][] Levels =
    [
        ["==", "!=", "<", "<=", ">", ">=", "=~", "!~", "in"],
        ["&", "|", "^"],
        ["<<", ">>"],
        ["+", "-"],
        ["*", "/", "%"],
        ["**"],
    ];

    private readonly List<WhenToken> tokens;
    private int position;
    private int nesting;

    private WhenParser(List<WhenToken> tokens) => this.tokens = tokens;

    private WhenToken Current => tokens[position];

    public static WhenNode Parse(string text)
    {
        if (text.Length > MaxLength)
        {
            throw new ExpressionException($"it is longer than {MaxLength} characters");
        }

        var parser = new WhenParser(WhenLexer.Read(text));
        var node = parser.ParseCondition();
        return parser.Current.Kind == WhenTokenKind.End ? node : throw parser.Unexpected();
    }

    private WhenNode ParseCondition()
    {
        if (++nesting > MaxNesting)
        {
            throw new ExpressionException($"it is nested deeper than {MaxNesting} levels");
        }

        var node = ParseJunction(all: false, "||", () => ParseJunction(all: true, "&&", () => ParseLevel(0)));
        if (Accept("?"))
        {
            var then = ParseCondition();
            Expect(":");
            node = new WhenConditional(node, then, ParseCondition());
        }

        nesting--;
        return node;
    }

    private WhenNode ParseJunction(bool all, string @operator, Func<WhenNode> parseOperand)
    {
        var operands = new List<WhenNode>();
        do
        {
            operands.Add(parseOperand());
        }
        while (Accept(@operator));
        return operands.Count == 1 ? operands[0] : new WhenJunction(all, operands);
    }

    private WhenNode ParseLevel(int level)
    {
        if (level == Levels.Length)
        {
            return ParseOperand();
        }

        var node = ParseLevel(level + 1);
        for (var run = 1; Current.Kind == WhenTokenKind.Operator && Levels[level].Contains(Current.Operator); run++)
        {
            if (run > MaxRun)
            {
                throw new ExpressionException($"it has more than {MaxRun} operations in a row");
            }

            var @operator = tokens[position++].Operator;
            node = new WhenBinary(@operator, node, ParseLevel(level + 1));
        }

        return node;
    }

    private WhenNode ParseOperand()
    {
        var token = Current;
        if (token is { Kind: WhenTokenKind.Operator, Operator: "!" or "-" or "~" })
        {
            position++;
            if (++nesting > MaxNesting)
            {
                throw new ExpressionException($"it is nested deeper than {MaxNesting} levels");
            }

            var operand = ParseOperand();
            nesting--;
            return new WhenPrefix(token.Operator, operand);
        }

        if (token.Kind == WhenTokenKind.Value)
        {
            position++;
            return new WhenLiteral(token.Value);
        }

        return Accept("(") ? ParseParenthesis() : throw Unexpected();
    }

    private WhenNode ParseParenthesis()
    {
        var items = new List<WhenNode>();
        do
        {
            items.Add(ParseCondition());
        }
        while (Accept(","));
        Expect(")");
        return items.Count == 1 ? items[0] : new WhenList(items);
    }

    private bool Accept(string @operator)
    {
        var there = Current.Kind == WhenTokenKind.Operator && Current.Operator == @operator;
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

    private ExpressionException Unexpected() => new($"unexpected {Current}");
}
