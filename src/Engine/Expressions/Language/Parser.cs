namespace Argosy.Engine.Expressions.Language;

/// <summary>
/// Reads an expression of the expr language into a tree.
/// <code>
/// sequence    = expression { ";" expression } [ ";" ]              the last one's value counts
/// expression  = "let" name "=" expression ";" sequence
///             | "if" expression "{" sequence "}" "else" ( "{" sequence "}" | if-expression )
///             | operation { "?" [ expression ] ":" expression }
/// operation   = unary { operator unary | "|" call }              by precedence, see below
/// unary       = ( "not" | "!" | "-" | "+" ) operation | primary { postfix }
/// primary     = number | string | "true" | "false" | "nil" | name | call | "$env" "[" string "]"
///             | "(" sequence ")" | "[" list "]" | "{" [ key ":" expression { "," … } ] "}"
///             | "#" | "#index" | "#acc" | "." name               only inside a closure
/// key         = name | string | number | "(" expression ")"
/// call        = name "(" [ argument { "," argument } [ "," ] ] ")"
/// argument    = expression | closure                             a closure where the function takes one
/// closure     = "{" expression "}" | expression
/// postfix     = ( "." | "?." ) name [ "(" list ")" ] | [ "?." ] "[" expression "]" | "[" [ expression ] ":" [ expression ] "]"
/// </code>
/// Binary operators from loose to tight: <c>|</c>; <c>or ||</c>; <c>and &amp;&amp;</c>; comparisons with <c>in matches contains startsWith
/// endsWith</c> (each may follow <c>not</c>); <c>..</c>; <c>+ -</c>; <c>* / %</c>; <c>** ^</c> (to the right); <c>??</c>.
/// <c>not</c> and <c>!</c> bind tighter than comparisons, signs tighter than products but looser than powers.
/// <c>a &lt; b &lt; c</c> means <c>a &lt; b &amp;&amp; b &lt; c</c>.
/// </summary>
internal sealed partial class Parser
{
    private const int MaxLength = 256 * 1024;

    /// <summary>Each parenthesis, bracket or closure counts twice: as an expression and as its first operation.</summary>
    private const int MaxNesting = 400;

    private const int MaxHeight = 1000;
    private const int NotPrecedence = 50;
    private const int SignPrecedence = 90;
    private const int ComparisonPrecedence = 20;
    private const int PowerPrecedence = 100;
    private const int PipePrecedence = 0;

    private static readonly Dictionary<string, int> Precedences = new(StringComparer.Ordinal)
    {
        ["|"] = PipePrecedence, ["or"] = 10, ["||"] = 10, ["and"] = 15, ["&&"] = 15,
        ["=="] = ComparisonPrecedence, ["!="] = ComparisonPrecedence, ["<"] = ComparisonPrecedence, ["<="] = ComparisonPrecedence,
        [">"] = ComparisonPrecedence, [">="] = ComparisonPrecedence, ["in"] = ComparisonPrecedence, ["matches"] = ComparisonPrecedence,
        ["contains"] = ComparisonPrecedence, ["startsWith"] = ComparisonPrecedence, ["endsWith"] = ComparisonPrecedence,
        [".."] = 25, ["+"] = 30, ["-"] = 30, ["*"] = 60, ["/"] = 60, ["%"] = 60,
        ["**"] = PowerPrecedence, ["^"] = PowerPrecedence, ["??"] = 500,
    };

    private readonly TokenCursor tokens;
    private readonly Scope scope = new();
    private int nesting;

    private Parser(List<Token> tokens) => this.tokens = new TokenCursor(tokens);

    private Token Current => tokens.Current;

    /// <exception cref="ExpressionException">The source is no expression, or is larger than any expression needs to be.</exception>
    public static ParsedExpression Parse(string source)
    {
        if (source.Length > MaxLength)
        {
            throw new ExpressionException($"an expression is longer than {MaxLength} characters");
        }

        var parser = new Parser(Lexer.Read(source));
        var root = parser.ParseSequence();
        if (parser.Current.Kind != TokenKind.End)
        {
            throw parser.tokens.Unexpected();
        }

        return new ParsedExpression(root, parser.scope.Slots, parser.scope.Paths);
    }

    /// <summary>Expressions one after another: the last one's value counts.</summary>
    private Node ParseSequence()
    {
        var node = ParseExpression();
        while (tokens.Accept(";") && !(Current.Kind == TokenKind.End || Current.Is(")") || Current.Is("}")))
        {
            node = Checked(new SequenceNode(node, ParseExpression()));
        }

        return node;
    }

    private Node ParseExpression()
    {
        if (++nesting > MaxNesting)
        {
            throw new ExpressionException($"an expression is nested deeper than {MaxNesting / 2} levels");
        }

        var node = Current switch
        {
            { Kind: TokenKind.Operator, Text: "let" } => ParseLet(),
            { Kind: TokenKind.Operator, Text: "if" } => ParseIf(),
            _ => ParseConditional(ParseOperation(PipePrecedence)),
        };
        nesting--;
        return node;
    }

    private LetNode ParseLet()
    {
        tokens.Expect("let");
        var name = tokens.ExpectName();
        tokens.Expect("=");
        var value = ParseExpression();
        tokens.Expect(";");
        var slot = scope.Declare(name);
        var body = ParseSequence();
        scope.Forget(name);
        return Checked(new LetNode(slot, value, body));
    }

    private ConditionalNode ParseIf()
    {
        tokens.Expect("if");
        var condition = ParseExpression();
        var then = ParseBlock();
        tokens.Expect("else");
        var otherwise = Current.Is("if") ? ParseExpression() : ParseBlock();
        return Checked(new ConditionalNode(condition, then, otherwise));
    }

    private Node ParseBlock()
    {
        tokens.Expect("{");
        var node = ParseSequence();
        tokens.Expect("}");
        return node;
    }

    private Node ParseConditional(Node node)
    {
        while (tokens.Accept("?"))
        {
            var then = Current.Is(":") ? node : ParseExpression();
            tokens.Expect(":");
            node = Checked(new ConditionalNode(node, then, ParseExpression()));
        }

        return node;
    }

    private Node ParseOperation(int loosest)
    {
        if (++nesting > MaxNesting)
        {
            throw new ExpressionException($"an expression is nested deeper than {MaxNesting / 2} levels");
        }

        var left = ParseUnary();
        while (Current.Kind == TokenKind.Operator)
        {
            var negated = Current.Is("not");
            var @operator = negated ? tokens.Next : Current;
            if (@operator.Kind != TokenKind.Operator
                || !Precedences.TryGetValue(@operator.Text, out var precedence)
                || precedence < loosest
                || (negated && @operator.Text is not ("in" or "matches" or "contains" or "startsWith" or "endsWith")))
            {
                break;
            }

            tokens.Take();
            if (negated)
            {
                tokens.Take();
            }

            left = @operator.Text == "|" ? ParsePipe(left) : Combine(@operator.Text, left, precedence);
            left = negated ? Checked(new NotNode(left)) : left;
        }

        nesting--;
        return left;
    }

    private Node Combine(string @operator, Node left, int precedence)
    {
        if (@operator == "in" && Current is { Kind: TokenKind.Name, Text: "$env" } && !tokens.Next.Is("[") && !tokens.Next.Is("."))
        {
            tokens.Take();
            return Checked(new EnvironmentHasNode(left));
        }

        var right = ParseOperation(precedence == PowerPrecedence ? precedence : precedence + 1);
        return @operator is "<" or "<=" or ">" or ">=" ? CombineOrder(@operator, left, right) : Checked(Binary(@operator, left, right));
    }

    private Node CombineOrder(string @operator, Node left, Node right)
    {
        var node = (Node)Checked(new BinaryNode(@operator, left, right));
        while (Current is { Kind: TokenKind.Operator, Text: "<" or "<=" or ">" or ">=" } next)
        {
            tokens.Take();
            var last = ParseOperation(ComparisonPrecedence + 1);
            node = Checked(new AndNode(node, Checked(new BinaryNode(next.Text, right, last))));
            right = last;
        }

        return node;
    }

    private static Node Binary(string @operator, Node left, Node right) => @operator switch
    {
        "and" or "&&" => new AndNode(left, right),
        "or" or "||" => new OrNode(left, right),
        "==" => new EqualityNode(true, left, right),
        "!=" => new EqualityNode(false, left, right),
        "??" => new CoalesceNode(left, right),
        "matches" => new MatchesNode(left, right),
        _ => new BinaryNode(@operator, left, right),
    };

    private Node ParsePipe(Node left)
    {
        var name = tokens.ExpectName();
        return ParsePostfix(name == "sprig" && tokens.Accept(".") ? ParseSprigCall([left]) : ParseCall(name, [left]));
    }

    private Node ParseUnary()
    {
        if (Current is { Kind: TokenKind.Operator, Text: "not" or "!" or "-" or "+" } sign)
        {
            tokens.Take();
            Node node = sign.Text is "not" or "!"
                ? new NotNode(ParseOperation(NotPrecedence))
                : new SignNode(sign.Text == "-", ParseOperation(SignPrecedence));
            return Checked(node);
        }

        return ParsePostfix(ParsePrimary());
    }

    private static T Checked<T>(T node) where T : Node => node.Height <= MaxHeight
        ? node
        : throw new ExpressionException($"an expression has more than {MaxHeight} operations in a row");
}
