namespace Argosy.Engine.Expressions.Jq;

/// <content>Objects that are made, and patterns that take values apart.</content>
internal sealed partial class JqParser
{
    private JqMapNode ParseMap()
    {
        var entries = new List<(JqNode, JqNode?)>();
        while (!Accept("}"))
        {
            if (entries.Count > 0)
            {
                Expect(",");
                if (Accept("}"))
                {
                    break;
                }
            }

            entries.Add(ParseEntry());
        }

        return new JqMapNode(entries);
    }

    private (JqNode Key, JqNode? Value) ParseEntry()
    {
        if (Current.Kind == JqTokenKind.Variable)
        {
            var variable = Take();
            return (new JqLiteralNode(variable.Value), ParseVariable(variable));
        }

        var computed = Current.Is("(");
        var key = ParseKey();
        if (!computed && !Current.Is(":"))
        {
            return (key, null);
        }

        Expect(":");
        var value = ParseLevel(0);
        for (var run = 0; Accept("|"); run++)
        {
            CheckRun(run);
            value = new PipeNode(value, ParseLevel(0));
        }

        return (key, value);
    }

    private JqNode ParseKey()
    {
        if (Accept("("))
        {
            var computed = ParsePipe();
            Expect(")");
            return computed;
        }

        var token = Take();
        return token.Kind switch
        {
            JqTokenKind.Name => new JqLiteralNode(token.Value),
            JqTokenKind.Number => NumberNode(token),
            JqTokenKind.Text => ParseText(token, null),
            JqTokenKind.Format when Current.Kind == JqTokenKind.Text => ParseText(Take(), token.Value),
            _ => throw Error($"unexpected {token}", token),
        };
    }

    /// <summary>The patterns and all their variables, which are known from here on.</summary>
    private (IReadOnlyList<JqPattern> Patterns, IReadOnlyList<JqVariable> Variables) ParsePatterns()
    {
        var patterns = new List<JqPattern>();
        var variables = new Dictionary<string, JqVariable>(StringComparer.Ordinal);
        do
        {
            CheckRun(patterns.Count);
            patterns.Add(ParsePattern(variables));
        }
        while (Accept("?//"));
        return (patterns, [.. variables.Values]);
    }

    private JqPattern ParsePattern(Dictionary<string, JqVariable> variables)
    {
        Enter();
        JqPattern pattern;
        if (Current.Kind == JqTokenKind.Variable)
        {
            pattern = new VariablePattern(Declare(Take().Value, variables));
        }
        else if (Accept("["))
        {
            var items = new List<JqPattern>();
            do
            {
                items.Add(ParsePattern(variables));
            }
            while (Accept(","));
            Expect("]");
            pattern = new ListPattern(items);
        }
        else
        {
            Expect("{");
            var entries = new List<(JqNode, JqVariable?, JqPattern?)>();
            do
            {
                entries.Add(ParsePatternEntry(variables));
            }
            while (Accept(","));
            Expect("}");
            pattern = new MapPattern(entries);
        }

        nesting--;
        return pattern;
    }

    private (JqNode Key, JqVariable? Variable, JqPattern? Value) ParsePatternEntry(Dictionary<string, JqVariable> variables)
    {
        if (Current.Kind == JqTokenKind.Variable)
        {
            var name = Take().Value;
            var variable = Declare(name, variables);
            return (new JqLiteralNode(name), variable, Accept(":") ? ParsePattern(variables) : null);
        }

        var key = ParseKey();
        Expect(":");
        return (key, null, ParsePattern(variables));
    }

    private JqVariable Declare(string name, Dictionary<string, JqVariable> variables)
    {
        if (!variables.TryGetValue(name, out var variable))
        {
            variables[name] = variable = new JqVariable(name);
            scope = scope.With(variable);
        }

        return variable;
    }
}
