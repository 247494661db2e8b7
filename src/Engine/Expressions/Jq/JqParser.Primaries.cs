namespace Argosy.Engine.Expressions.Jq;

/// <content>What stands between operators.</content>
internal sealed partial class JqParser
{
    private JqNode ParsePrimary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case JqTokenKind.Field:
                position++;
                return new JqIndexNode(new IdentityNode(), new JqLiteralNode(token.Value));
            case JqTokenKind.Variable:
                position++;
                return ParseVariable(token);
            case JqTokenKind.Number:
                position++;
                return NumberNode(token);
            case JqTokenKind.Text:
                position++;
                return ParseText(token, null);
            case JqTokenKind.Format:
                position++;
                return Current.Kind == JqTokenKind.Text ? ParseText(Take(), token.Value) : ParseFormat(token);
            case JqTokenKind.Name:
                return ParseWord();
            case JqTokenKind.Operator:
                return ParseSigns();
            default:
                throw Unexpected();
        }
    }

    private JqNode ParseSigns()
    {
        switch (Take().Value)
        {
            case ".." :
                return new DescendNode();
            case "." when Current.Kind == JqTokenKind.Text:
                return new JqIndexNode(new IdentityNode(), ParseText(Take(), null));
            case ".":
                return new IdentityNode();
            case "-":
                return new NegateNode(ParseTerm());
            case "(":
                var inner = ParsePipe();
                Expect(")");
                return inner;
            case "[":
                var items = Current.Is("]") ? null : ParsePipe();
                Expect("]");
                return new JqListNode(items);
            case "{":
                return ParseMap();
            default:
                position--;
                throw Unexpected();
        }
    }

    private JqNode ParseWord()
    {
        if (AcceptWord("if"))
        {
            return ParseBranch();
        }

        if (AcceptWord("try"))
        {
            var body = ParseTerm();
            return new TryNode(body, AcceptWord("catch") ? ParseTerm() : null);
        }

        if (AcceptWord("reduce"))
        {
            return ParseFold(isReduce: true);
        }

        if (AcceptWord("foreach"))
        {
            return ParseFold(isReduce: false);
        }

        if (Current.IsWord("break") && Next.Kind == JqTokenKind.Variable)
        {
            position++;
            return ParseBreak();
        }

        return Current.IsWord("def") ? ParseDefinition(ParsePipe) : ParseCall();
    }

    private BreakNode ParseBreak()
    {
        var label = Take();
        return new BreakNode(scope.FindVariable("*label*" + label.Value) ?? throw Error($"$*label-{label.Value} is not defined", label));
    }

    /// <summary>After <c>if</c> or <c>elif</c>.</summary>
    private BranchNode ParseBranch()
    {
        Enter();
        var condition = ParsePipe();
        ExpectWord("then");
        var then = ParsePipe();
        JqNode otherwise;
        if (AcceptWord("elif"))
        {
            otherwise = ParseBranch();
        }
        else
        {
            otherwise = AcceptWord("else") ? ParsePipe() : new IdentityNode();
            ExpectWord("end");
        }

        nesting--;
        return new BranchNode(condition, then, otherwise);
    }

    private JqNode ParseFold(bool isReduce)
    {
        var source = ParseTerm();
        ExpectWord("as");
        var outer = scope;
        var at = Current;
        var (patterns, _) = ParsePatterns();
        if (patterns.Count > 1)
        {
            throw Error("alternative patterns are not supported in reduce and foreach", at);
        }

        Expect("(");
        var inner = scope;
        scope = outer;
        var start = ParsePipe();
        Expect(";");
        scope = inner;
        var update = ParsePipe();
        var extract = !isReduce && Accept(";") ? ParsePipe() : null;
        Expect(")");
        scope = outer;
        return isReduce ? new ReduceNode(source, patterns[0], start, update) : new ForeachNode(source, patterns[0], start, update, extract);
    }

    private JqNode ParseVariable(JqToken token)
    {
        if (scope.FindVariable(token.Value) is { } variable)
        {
            return new JqVariableNode(variable);
        }

        return token.Value switch
        {
            "__loc__" => new JqLiteralNode(Location()),

            // The hub's environment is nobody's business.
            "ENV" => new JqLiteralNode(new Values.ValueMap()),
            _ => throw Error($"variable not defined: ${token.Value}", token),
        };
    }

    private static Values.ValueMap Location() => new() { ["file"] = "<top-level>", ["line"] = 1L };

    private static JqNode ParseFormat(JqToken token)
    {
        var write = JqFormats.Find(token.Value) ?? throw Error($"{token.Value} is not a valid format", token);
        return new JqTextNode([(null, new IdentityNode())], write);
    }

    private JqNode ParseCall()
    {
        var name = Current;
        if (Keywords.Contains(name.Value))
        {
            throw Unexpected();
        }

        position++;
        var arguments = new List<JqNode>();
        if (Accept("("))
        {
            do
            {
                arguments.Add(ParsePipe());
            }
            while (Accept(";"));
            Expect(")");
        }

        return (name.Value, arguments.Count) switch
        {
            _ when scope.FindCallable(name.Value, arguments.Count) is { } callable => callable is JqParameter parameter
                ? new ParameterCallNode(parameter)
                : new JqCallNode((JqFunction)callable, arguments),
            ("null", 0) => new JqLiteralNode(null),
            ("true", 0) => new JqLiteralNode(true),
            ("false", 0) => new JqLiteralNode(false),
            ("path", 1) => new PathNode(arguments[0]),
            ("recurse", 0) => new DescendNode(),
            _ when JqNatives.Find(name.Value, arguments.Count) is { } native => new NativeCallNode(native, arguments),
            _ when builtIn(name.Value, arguments.Count) is { } function => new JqCallNode(function, arguments),
            _ => throw Error($"function not defined: {name.Value}/{arguments.Count}", name),
        };
    }
}
