using Argosy.Engine.Expressions.Functions;
using Argosy.Engine.Expressions.Sprig;

namespace Argosy.Engine.Expressions.Language;

/// <content>What operators stand between: literals, names, calls, closures, and what follows them.</content>
internal sealed partial class Parser
{
    private Node ParsePrimary()
    {
        if (Current.Is("."))
        {
            return ParseElement();
        }

        var token = tokens.Take();
        switch (token.Kind)
        {
            case TokenKind.Number:
                return new LiteralNode(NumberLiteral.Read(token));
            case TokenKind.Text:
                return new LiteralNode(token.Text);
            case TokenKind.Name:
                return ParseName(token.Text);
            case TokenKind.Operator when token.Text == "(":
                var inner = ParseSequence();
                tokens.Expect(")");
                return inner;
            case TokenKind.Operator when token.Text == "[":
                return Checked(new ListNode([.. ParseList("]")]));
            case TokenKind.Operator when token.Text == "{":
                return ParseMap();
            case TokenKind.Operator when token.Text == "::":
                return ParseCall(tokens.ExpectName(), []);
            case TokenKind.Operator when token.Text == "#":
                return ParseElementPart(token);
            default:
                throw TokenCursor.Unexpected(token);
        }
    }

    private Node ParseName(string name) => name switch
    {
        "true" => new LiteralNode(true),
        "false" => new LiteralNode(false),
        "nil" => new LiteralNode(null),
        "sprig" when tokens.Accept(".") => ParseSprigCall([]),
        "$env" => ParseEnvironment(),
        _ when Current.Is("(") => ParseCall(name, []),
        _ => scope.Slot(name) is { } slot ? new SlotNode(slot) : scope.Variable(new VariablePath(name)),
    };

    /// <summary><c>$env["name"]</c> is the variable of that name, whatever characters it has.</summary>
    private VariableNode ParseEnvironment()
    {
        if (tokens.Accept("."))
        {
            return scope.Variable(new VariablePath(tokens.ExpectMemberName()));
        }

        tokens.Expect("[");
        var name = Current.Kind == TokenKind.Text ? tokens.Take().Text : throw tokens.Unexpected();
        tokens.Expect("]");
        return scope.Variable(new VariablePath(name));
    }

    /// <summary>The element, of which a bare <c>.name</c> takes a field.</summary>
    private SlotNode ParseElement() => scope.InClosure ? new SlotNode(scope.ElementSlot) : throw tokens.Unexpected();

    /// <summary><c>#</c> is the element, <c>#index</c> its position, <c>#acc</c> the accumulator.</summary>
    private SlotNode ParseElementPart(Token sign)
    {
        var element = ParseElement();
        if (Current.Kind != TokenKind.Name || Current.Position != sign.Position + 1)
        {
            return element;
        }

        var part = tokens.Take();
        return part.Text switch
        {
            "index" => new SlotNode(scope.ElementSlot + 1),
            "acc" => new SlotNode(scope.ElementSlot + 2),
            _ => throw TokenCursor.Unexpected(part),
        };
    }

    private MapNode ParseMap()
    {
        var keys = new List<Node>();
        var values = new List<Node>();
        while (!tokens.Accept("}"))
        {
            if (keys.Count > 0)
            {
                tokens.Expect(",");
                if (tokens.Accept("}"))
                {
                    break;
                }
            }

            keys.Add(ParseKey());
            tokens.Expect(":");
            values.Add(ParseExpression());
        }

        return Checked(new MapNode([.. keys], [.. values]));
    }

    private Node ParseKey()
    {
        if (tokens.Accept("("))
        {
            var key = ParseExpression();
            tokens.Expect(")");
            return key;
        }

        if (Current.Kind is not (TokenKind.Name or TokenKind.Text or TokenKind.Number))
        {
            throw tokens.Unexpected();
        }

        return new LiteralNode(tokens.Take().Text);
    }

    private CallNode ParseSprigCall(List<Node> arguments)
    {
        var name = tokens.ExpectMemberName();
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
        tokens.Expect("(");
        arguments.AddRange(ParseList(")"));
        if (arguments.Count < function.Fewest || arguments.Count > function.Most)
        {
            throw new ExpressionException($"{function.Name} does not take {arguments.Count} arguments");
        }

        return Checked(new CallNode(function, [.. arguments]));
    }

    private ClosureCallNode ParseClosureCall(ClosureFunction function, List<Node> arguments)
    {
        tokens.Expect("(");
        if (arguments.Count == 0)
        {
            arguments.Add(ParseExpression());
            AcceptCommaBefore(")");
        }

        var closure = !Current.Is(")") || function.ClosureRequired ? ParseClosure() : null;
        AcceptCommaBefore(")");
        var last = function.TakesLast && !Current.Is(")") ? ParseExpression() : null;
        tokens.Accept(",");
        tokens.Expect(")");
        return Checked(new ClosureCallNode(function, arguments[0], closure, last));
    }

    private void AcceptCommaBefore(string end)
    {
        if (!Current.Is(end))
        {
            tokens.Expect(",");
        }
    }

    private Closure ParseClosure()
    {
        var braces = tokens.Accept("{");
        var slot = scope.EnterClosure();
        var body = ParseExpression();
        scope.LeaveClosure();
        if (braces)
        {
            tokens.Expect("}");
        }

        return new Closure(body, slot);
    }

    private IEnumerable<Node> ParseList(string end)
    {
        for (var first = true; !tokens.Accept(end); first = false)
        {
            if (!first)
            {
                tokens.Expect(",");
                if (tokens.Accept(end))
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
                tokens.Take();
                node = isOptional && tokens.Accept("[") ? ParseBrackets(node, isOptional) : ParseMember(node, isOptional);
            }
            else if (tokens.Accept("["))
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
        var name = tokens.ExpectMemberName();
        return tokens.Accept("(") ? Checked(new MethodNode(target, name, [.. ParseList(")")], isOptional)) : Member(target, name, isOptional);
    }

    private Node Member(Node target, string name, bool isOptional) => target is VariableNode variable
        ? scope.Extend(variable, name, isOptional)
        : Checked(new MemberNode(target, name, isOptional));

    private Node ParseBrackets(Node target, bool isOptional)
    {
        var from = Current.Is(":") ? null : ParseExpression();
        if (tokens.Accept(":"))
        {
            var to = Current.Is("]") ? null : ParseExpression();
            tokens.Expect("]");
            return Checked(new SliceNode(target, from, to));
        }

        tokens.Expect("]");
        return from is LiteralNode { Value: string name }
            ? Member(target, name, isOptional)
            : Checked(new ElementNode(target, from!, isOptional));
    }
}
