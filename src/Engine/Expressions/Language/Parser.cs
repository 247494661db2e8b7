using System.Globalization;
using Argosy.Engine.Expressions.Functions;
using Argosy.Engine.Expressions.Sprig;

namespace Argosy.Engine.Expressions.Language;

/// <summary>
/// Reads an expression of the expr language into a tree.
/// <code>
/// expression  = "let" name "=" expression ";" expression
///             | "if" expression "{" expression "}" "else" ( "{" expression "}" | if-expression )
///             | operation { "?" [ expression ] ":" expression }
/// operation   = unary { operator unary | "|" call }              by precedence, see below
/// unary       = ( "not" | "!" | "-" | "+" ) operation | primary { postfix }
/// primary     = number | string | "true" | "false" | "nil" | name | call | "$env" "[" string "]"
///             | "(" expression ")" | "[" list "]" | "{" [ key ":" expression { "," … } ] "}"
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
internal sealed class Parser
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
        [".."] = 25, ["+"] = 30, ["-"] = 30, ["*"] = 60, ["/"] = 60, ["%"] = 60, ["**"] = PowerPrecedence, ["^"] = PowerPrecedence, ["??"] = 500,
    };

    private readonly List<Token> tokens;
    private readonly Scope scope = new();
    private int position;
    private int nesting;

    private Parser(List<Token> tokens) => this.tokens = tokens;

    private Token Current => tokens[position];

    /// <exception cref="ExpressionException">The source is no expression, or is larger than any expression needs to be.</exception>
    public static ParsedExpression Parse(string source)
    {
        if (source.Length > MaxLength)
        {
            throw new ExpressionException($"an expression is longer than {MaxLength} characters");
        }

        var parser = new Parser(Lexer.Read(source));
        var root = parser.ParseExpression();
        if (parser.Current.Kind != TokenKind.End)
        {
            throw parser.Unexpected();
        }

        return new ParsedExpression(root, parser.scope.Slots, parser.scope.Paths);
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
        Expect("let");
        var name = ExpectName();
        Expect("=");
        var value = ParseExpression();
        Expect(";");
        var slot = scope.Declare(name);
        var body = ParseExpression();
        scope.Forget(name);
        return Checked(new LetNode(slot, value, body));
    }

    private ConditionalNode ParseIf()
    {
        Expect("if");
        var condition = ParseExpression();
        var then = ParseBlock();
        Expect("else");
        var otherwise = Current.Is("if") ? ParseExpression() : ParseBlock();
        return Checked(new ConditionalNode(condition, then, otherwise));
    }

    private Node ParseBlock()
    {
        Expect("{");
        var node = ParseExpression();
        Expect("}");
        return node;
    }

    private Node ParseConditional(Node node)
    {
        while (Accept("?"))
        {
            var then = Current.Is(":") ? node : ParseExpression();
            Expect(":");
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
            var @operator = negated ? tokens[position + 1] : Current;
            if (@operator.Kind != TokenKind.Operator
                || !Precedences.TryGetValue(@operator.Text, out var precedence)
                || precedence < loosest
                || (negated && @operator.Text is not ("in" or "matches" or "contains" or "startsWith" or "endsWith")))
            {
                break;
            }

            position += negated ? 2 : 1;
            left = @operator.Text == "|" ? ParsePipe(left) : Combine(@operator.Text, left, precedence);
            left = negated ? Checked(new NotNode(left)) : left;
        }

        nesting--;
        return left;
    }

    private Node Combine(string @operator, Node left, int precedence)
    {
        if (@operator == "in" && Current is { Kind: TokenKind.Name, Text: "$env" } && !tokens[position + 1].Is("["))
        {
            position++;
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
            position++;
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
        var name = ExpectName();
        return ParsePostfix(name == "sprig" && Accept(".") ? ParseSprigCall([left]) : ParseCall(name, [left]));
    }

    private Node ParseUnary()
    {
        if (Current is { Kind: TokenKind.Operator, Text: "not" or "!" or "-" or "+" } sign)
        {
            position++;
            Node node = sign.Text is "not" or "!"
                ? new NotNode(ParseOperation(NotPrecedence))
                : new SignNode(sign.Text == "-", ParseOperation(SignPrecedence));
            return Checked(node);
        }

        return ParsePostfix(ParsePrimary());
    }

    private Node ParsePrimary()
    {
        var token = Current;
        position++;
        switch (token.Kind)
        {
            case TokenKind.Number:
                return new LiteralNode(Number(token));
            case TokenKind.Text:
                return new LiteralNode(token.Text);
            case TokenKind.Name:
                return ParseName(token.Text);
            case TokenKind.Operator when token.Text == "(":
                var inner = ParseExpression();
                Expect(")");
                return inner;
            case TokenKind.Operator when token.Text == "[":
                return Checked(new ListNode([.. ParseList("]")]));
            case TokenKind.Operator when token.Text == "{":
                return ParseMap();
            case TokenKind.Operator when token.Text == "::":
                return ParseCall(ExpectName(), []);
            case TokenKind.Operator when token.Text is "#" or "." && scope.InClosure:
                return ParseElement(token);
            default:
                position--;
                throw Unexpected();
        }
    }

    private Node ParseName(string name) => name switch
    {
        "true" => new LiteralNode(true),
        "false" => new LiteralNode(false),
        "nil" => new LiteralNode(null),
        "sprig" when Accept(".") => ParseSprigCall([]),
        "$env" => ParseEnvironment(),
        _ when Current.Is("(") => ParseCall(name, []),
        _ => scope.Slot(name) is { } slot ? new SlotNode(slot) : scope.Variable(new VariablePath(name)),
    };

    /// <summary><c>$env["name"]</c> is the variable of that name, whatever characters it has.</summary>
    private VariableNode ParseEnvironment()
    {
        var member = Accept(".");
        if (!member)
        {
            Expect("[");
        }

        var name = member || Current.Kind == TokenKind.Text ? Current.Text : throw Unexpected();
        position++;
        if (!member)
        {
            Expect("]");
        }

        return scope.Variable(new VariablePath(name));
    }

    /// <summary><c>#</c> is the element, <c>#index</c> its position, <c>#acc</c> the accumulator; a bare <c>.name</c> is a field of the element.</summary>
    private SlotNode ParseElement(Token token)
    {
        if (token.Text == ".")
        {
            position--;
            return new SlotNode(scope.ElementSlot);
        }

        if (Current.Kind != TokenKind.Name || Current.Position != token.Position + 1)
        {
            return new SlotNode(scope.ElementSlot);
        }

        var slot = Current.Text switch
        {
            "index" => scope.ElementSlot + 1,
            "acc" => scope.ElementSlot + 2,
            _ => throw Unexpected(),
        };
        position++;
        return new SlotNode(slot);
    }

    private MapNode ParseMap()
    {
        var keys = new List<Node>();
        var values = new List<Node>();
        while (!Accept("}"))
        {
            if (keys.Count > 0)
            {
                Expect(",");
                if (Accept("}"))
                {
                    break;
                }
            }

            keys.Add(ParseKey());
            Expect(":");
            values.Add(ParseExpression());
        }

        return Checked(new MapNode([.. keys], [.. values]));
    }

    private Node ParseKey()
    {
        if (Accept("("))
        {
            var key = ParseExpression();
            Expect(")");
            return key;
        }

        if (Current.Kind is not (TokenKind.Name or TokenKind.Text or TokenKind.Number))
        {
            throw Unexpected();
        }

        return new LiteralNode(tokens[position++].Text);
    }

    private CallNode ParseSprigCall(List<Node> arguments)
    {
        var name = ExpectMemberName();
        var function = SprigFunctions.Table.Find(name) ?? throw new ExpressionException($"unknown function sprig.{name}");
        return ParseArguments(function, arguments);
    }

    private Node ParseCall(string name, List<Node> arguments)
    {
        if (ClosureFunctions.Find(name) is { } closureFunction)
        {
            return ParseClosureCall(closureFunction, arguments);
        }

        var function = Builtins.Functions.Find(name) ?? throw new ExpressionException($"unknown function {name}");
        return ParseArguments(function, arguments);
    }

    private CallNode ParseArguments(Function function, List<Node> arguments)
    {
        Expect("(");
        arguments.AddRange(ParseList(")"));
        if (arguments.Count < function.Fewest || arguments.Count > function.Most)
        {
            throw new ExpressionException($"{function.Name} does not take {arguments.Count} arguments");
        }

        return Checked(new CallNode(function, [.. arguments]));
    }

    private ClosureCallNode ParseClosureCall(ClosureFunction function, List<Node> arguments)
    {
        Expect("(");
        if (arguments.Count == 0)
        {
            arguments.Add(ParseExpression());
            AcceptCommaBefore(")");
        }

        var closure = !Current.Is(")") || function.ClosureRequired ? ParseClosure() : null;
        AcceptCommaBefore(")");
        var last = function.TakesLast && !Current.Is(")") ? ParseExpression() : null;
        Accept(",");
        Expect(")");
        return Checked(new ClosureCallNode(function, arguments[0], closure, last));
    }

    private void AcceptCommaBefore(string end)
    {
        if (!Current.Is(end))
        {
            Expect(",");
        }
    }

    private Closure ParseClosure()
    {
        var braces = Accept("{");
        var slot = scope.EnterClosure();
        var body = ParseExpression();
        scope.LeaveClosure();
        if (braces)
        {
            Expect("}");
        }

        return new Closure(body, slot);
    }

    private IEnumerable<Node> ParseList(string end)
    {
        for (var first = true; !Accept(end); first = false)
        {
            if (!first)
            {
                Expect(",");
                if (Accept(end))
                {
                    yield break;
                }
            }

            yield return ParseExpression();
        }
    }

    private Node ParsePostfix(Node node)
    {
        while (Current.Kind == TokenKind.Operator)
        {
            var isOptional = Current.Is("?.");
            if (isOptional || Current.Is("."))
            {
                position++;
                node = isOptional && Accept("[") ? ParseBrackets(node, isOptional) : ParseMember(node, isOptional);
            }
            else if (Accept("["))
            {
                node = ParseBrackets(node, isOptional: false);
            }
            else
            {
                break;
            }
        }

        return node;
    }

    private Node ParseMember(Node target, bool isOptional)
    {
        var name = ExpectMemberName();
        return Accept("(") ? Checked(new MethodNode(target, name, [.. ParseList(")")], isOptional)) : Member(target, name, isOptional);
    }

    private Node Member(Node target, string name, bool isOptional) => target is VariableNode variable
        ? scope.Extend(variable, name, isOptional)
        : Checked(new MemberNode(target, name, isOptional));

    private Node ParseBrackets(Node target, bool isOptional)
    {
        var from = Current.Is(":") ? null : ParseExpression();
        if (Accept(":"))
        {
            var to = Current.Is("]") ? null : ParseExpression();
            Expect("]");
            return Checked(new SliceNode(target, from, to));
        }

        Expect("]");
        return from is LiteralNode { Value: string name }
            ? Member(target, name, isOptional)
            : Checked(new ElementNode(target, from!, isOptional));
    }

    private static object Number(Token token)
    {
        var text = token.Text;
        var prefix = text.Length > 1 && text[0] == '0' ? char.ToLowerInvariant(text[1]) : '\0';
        try
        {
            return prefix switch
            {
                'x' => Whole(text, 16),
                'o' => Whole(text, 8),
                'b' => Whole(text, 2),
                _ when text.AsSpan().ContainsAny('.', 'e', 'E') => Finite(double.Parse(text, CultureInfo.InvariantCulture)),
                _ => (object)long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture),
            };
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            throw new ExpressionException($"bad number {text} at character {token.Position + 1}");
        }
    }

    private static long Whole(string text, int fromBase) =>
        Convert.ToInt64(text[2..], fromBase) is >= 0 and var number ? number : throw new OverflowException();

    private static double Finite(double number) => double.IsFinite(number) ? number : throw new OverflowException();

    private static T Checked<T>(T node) where T : Node => node.Height <= MaxHeight
        ? node
        : throw new ExpressionException($"an expression has more than {MaxHeight} operations in a row");

    private bool Accept(string @operator)
    {
        var there = Current.Is(@operator);
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

    private string ExpectName()
    {
        if (Current.Kind != TokenKind.Name)
        {
            throw Unexpected();
        }

        return tokens[position++].Text;
    }

    /// <summary>Words like "in" and "contains", operators elsewhere, are plain names after a dot.</summary>
    private string ExpectMemberName()
    {
        if (Current.Kind == TokenKind.Operator && char.IsLetter(Current.Text[0]))
        {
            return tokens[position++].Text;
        }

        return ExpectName();
    }

    private ExpressionException Unexpected() => new($"unexpected {Current} at character {Current.Position + 1}");
}
