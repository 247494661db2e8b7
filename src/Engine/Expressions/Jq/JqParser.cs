namespace Argosy.Engine.Expressions.Jq;

/// <summary>
/// Reads a jq filter into a tree; names are looked up while reading, so a filter that is read has no unknown ones.
/// <code>
/// pipe       = definition pipe | "label" $name "|" pipe | term "as" patterns "|" pipe | comma [ "|" pipe ]
/// definition = "def" name [ "(" ( name | $name ) { ";" ( name | $name ) } ")" ] ":" pipe ";"
/// comma      = operation { "," operation }
/// operation  = by precedence, see below
/// term       = primary { suffix }
/// primary    = "." | ".." | .name | "." text | $name | "$__loc__" | number | text | @name [ text ]
///            | "(" pipe ")" | "[" [ pipe ] "]" | "{" [ entry { "," entry } ] "}" | "-" term
///            | "if" pipe "then" pipe { "elif" pipe "then" pipe } [ "else" pipe ] "end"
///            | "try" term [ "catch" term ] | "reduce" term "as" patterns "(" pipe ";" pipe ")"
///            | "foreach" term "as" patterns "(" pipe ";" pipe [ ";" pipe ] ")" | "break" $name
///            | name [ "(" pipe { ";" pipe } ")" ]
/// suffix     = .name | "." text | [ "." ] "[" [ pipe | pipe ":" [ pipe ] | ":" pipe ] "]" | "?" | "as" patterns "|" pipe
/// patterns   = pattern { "?//" pattern }
/// pattern    = $name | "[" pattern { "," pattern } "]" | "{" ( $name [ ":" pattern ] | key ":" pattern ) { "," … } "}"
/// entry      = $name | "$__loc__" | key [ ":" value ] | "(" pipe ")" ":" value
/// key        = name | text | @name text
/// value      = operation { "|" operation }                      without commas
/// text       = '"' { character | "\" escape | "\(" pipe ")" } '"'
/// </code>
/// Operators from loose to tight: <c>,</c>; <c>//</c> (to the right); <c>= |= += -= *= /= %= //=</c>; <c>or</c>; <c>and</c>; comparisons (not
/// in a row); <c>+ -</c>; <c>* / %</c>.
/// </summary>
internal sealed partial class JqParser
{
    private const int MaxLength = 64 * 1024;
    private const int MaxNesting = 200;
    private const int MaxRun = 500;

    private static readonly HashSet<string> Keywords =
    [
        "def", "if", "then", "elif", "else", "end", "as", "reduce", "foreach", "try", "catch", "label", "import", "include", "and", "or", "__loc__",
    ];

    private static readonly string[][] Levels =
    [
        ["//", "?//"],
        ["=", "|=", "+=", "-=", "*=", "/=", "%=", "//=", "?//="],
        ["or"],
        ["and"],
        ["==", "!=", "<", "<=", ">", ">="],
        ["+", "-"],
        ["*", "/", "%"],
    ];

    private IReadOnlyList<JqToken> tokens;
    private int position;
    private int nesting;
    private JqScope scope;

    private JqParser(IReadOnlyList<JqToken> tokens, JqScope scope)
    {
        this.tokens = tokens;
        this.scope = scope;
    }

    private JqToken Current => tokens[position];

    private JqToken Next => tokens[Math.Min(position + 1, tokens.Count - 1)];

    /// <exception cref="ExpressionException">The filter cannot be read; the message says where.</exception>
    public static JqNode Parse(string filter)
    {
        if (filter.Length > MaxLength)
        {
            throw new ExpressionException($"a jq filter is longer than {MaxLength} characters");
        }

        var parser = new JqParser(JqLexer.Read(filter), JqScope.Empty);

        // A filter of nothing but definitions, or of nothing, is the identity.
        var node = parser.ParseProgram();
        return parser.Current.Kind == JqTokenKind.End ? node : throw parser.Unexpected();
    }

    /// <summary>The functions that a text of definitions declares; each may use those before it.</summary>
    internal static IEnumerable<JqFunction> ParseBuiltIns(string definitions, Func<string, int, JqFunction?> known)
    {
        var parser = new JqParser(JqLexer.Read(definitions), JqScope.Empty) { builtIn = known };
        while (parser.Current.Kind != JqTokenKind.End)
        {
            yield return parser.ParseFunction(isBuiltIn: true);
        }
    }

    private Func<string, int, JqFunction?> builtIn = JqBuiltIns.Find;

    private JqNode ParseProgram()
    {
        if (Current.IsWord("def"))
        {
            return ParseDefinition(ParseProgram);
        }

        return Current.Kind == JqTokenKind.End ? new IdentityNode() : ParsePipe();
    }

    private JqNode ParsePipe()
    {
        Enter();
        var outer = scope;
        JqNode node;
        if (Current.IsWord("def"))
        {
            node = ParseDefinition(ParsePipe);
        }
        else if (AcceptWord("label"))
        {
            var label = new JqVariable("*label*" + Expect(JqTokenKind.Variable).Value);
            scope = scope.With(label);
            Expect("|");
            node = new LabelNode(label, ParsePipe());
        }
        else
        {
            node = ParseComma();
            node = Accept("|") ? new PipeNode(node, ParsePipe()) : node;
        }

        scope = outer;
        nesting--;
        return node;
    }

    private DefinitionNode ParseDefinition(Func<JqNode> rest)
    {
        var outer = scope;
        var function = ParseFunction(isBuiltIn: false);
        scope = scope.With(function);
        var node = new DefinitionNode(function, rest());
        scope = outer;
        return node;
    }

    private JqFunction ParseFunction(bool isBuiltIn)
    {
        Enter();
        ExpectWord("def");
        var name = ExpectName();
        var parameters = new List<JqParameter>();
        if (Accept("("))
        {
            do
            {
                parameters.Add(Current.Kind == JqTokenKind.Variable
                    ? new JqParameter(Current.Value, new JqVariable(Take().Value))
                    : new JqParameter(ExpectName(), null));
            }
            while (Accept(";"));
            Expect(")");
        }

        Expect(":");
        var function = new JqFunction(name, parameters) { IsBuiltIn = isBuiltIn };
        var outer = scope;
        scope = scope.With(function);
        foreach (var parameter in parameters)
        {
            scope = scope.With(parameter);
        }

        function.Body = ParsePipe();
        scope = outer;
        Expect(";");
        nesting--;
        return function;
    }

    private JqNode ParseComma()
    {
        var node = ParseLevel(0);
        for (var run = 0; Accept(","); run++)
        {
            CheckRun(run);
            node = new CommaNode(node, ParseLevel(0));
        }

        return node;
    }

    private JqNode ParseLevel(int level)
    {
        if (level == Levels.Length)
        {
            return ParsePostfix();
        }

        var node = ParseLevel(level + 1);
        for (var run = 0; OperatorAt(level) is { } @operator; run++)
        {
            CheckRun(run);
            position++;
            if (@operator.StartsWith('?'))
            {
                // Written without a blank, a?//b is (a?)//b.
                (node, @operator) = (new TryNode(node, null), @operator[1..]);
            }

            if (@operator == "//")
            {
                Enter();
                node = new AlternativeNode(node, ParseLevel(level));
                nesting--;
                continue;
            }

            // An assignment's value may be an alternative: .a = .b // 1.
            var right = level == 1 ? ParseLevel(0) : ParseLevel(level + 1);
            node = Binary(@operator, node, right);
            if (level is 1 or 4 && OperatorAt(level) is not null)
            {
                throw Unexpected();
            }
        }

        return node;
    }

    private string? OperatorAt(int level) =>
        Current.Kind is JqTokenKind.Operator or JqTokenKind.Name && Levels[level].Contains(Current.Value) ? Current.Value : null;

    private static JqNode Binary(string @operator, JqNode left, JqNode right) => @operator switch
    {
        "and" => new JqJunctionNode(true, left, right),
        "or" => new JqJunctionNode(false, left, right),
        "=" => new AssignNode(left, null, right),
        "|=" => new UpdateNode(left, right),
        "//=" => new AssignNode(left, "//", right),
        "+=" or "-=" or "*=" or "/=" or "%=" => new AssignNode(left, @operator[..1], right),
        _ => new JqBinaryNode(@operator, left, right),
    };

    private JqNode ParsePostfix()
    {
        Enter();
        var node = ParseSuffixes(ParsePrimary());
        if (AcceptWord("as"))
        {
            var outer = scope;
            var (patterns, variables) = ParsePatterns();
            Expect("|");
            node = new JqBindNode(node, patterns, variables, ParsePipe());
            scope = outer;
        }

        nesting--;
        return node;
    }

    private JqNode ParseTerm()
    {
        Enter();
        var node = ParseSuffixes(ParsePrimary());
        nesting--;
        return node;
    }

    private JqNode ParseSuffixes(JqNode node)
    {
        for (var run = 0; ; run++)
        {
            CheckRun(run);
            if (Current.Kind == JqTokenKind.Field)
            {
                node = new JqIndexNode(node, new JqLiteralNode(Take().Value));
            }
            else if (Current.Is(".") && Next.Kind == JqTokenKind.Text)
            {
                position++;
                node = new JqIndexNode(node, ParseText(Take(), null));
            }
            else if (Current.Is("[") || (Current.Is(".") && Next.Is("[")))
            {
                Accept(".");
                node = ParseBrackets(node);
            }
            else if (Accept("?"))
            {
                node = new TryNode(node, null);
            }
            else
            {
                return node;
            }
        }
    }

    private JqNode ParseBrackets(JqNode target)
    {
        Expect("[");
        if (Accept("]"))
        {
            return new IterateNode(target);
        }

        var from = Current.Is(":") ? null : ParsePipe();
        if (!Accept(":"))
        {
            Expect("]");
            return new JqIndexNode(target, from!);
        }

        var to = Current.Is("]") && from is not null ? null : ParsePipe();
        Expect("]");
        return new JqSliceNode(target, from, to);
    }
}
