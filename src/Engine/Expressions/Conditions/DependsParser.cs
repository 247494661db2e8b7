namespace Argosy.Engine.Expressions.Conditions;

/// <summary>
/// Reads the <c>depends</c> of a DAG task.
/// <code>
/// depends = all { "||" all }
/// all     = one { "&amp;&amp;" one }
/// one     = { "!" } ( "(" depends ")" | task [ "." result ] )
/// task    = letters, digits, "-", "_"
/// result  = "Succeeded" | "Failed" | "Errored" | "Skipped" | "Omitted" | "Daemoned" | "AnySucceeded" | "AllFailed"
/// </code>
/// </summary>
internal sealed class DependsParser
{
    private const int MaxNesting = 200;

    private static readonly HashSet<string> Results =
        ["Succeeded", "Failed", "Errored", "Skipped", "Omitted", "Daemoned", "AnySucceeded", "AllFailed"];

    private readonly string source;
    private int position;
    private int nesting;

    private DependsParser(string source) => this.source = source;

    private char Current => position < source.Length ? source[position] : '\0';

    public static DependsNode Parse(string source)
    {
        var parser = new DependsParser(source);
        var node = parser.ParseAny();
        return parser.position == source.Length ? node : throw parser.Unexpected();
    }

    private DependsNode ParseAny() => ParseJunction(all: false, "||", () => ParseJunction(all: true, "&&", ParseOne));

    private static DependsNode Junction(bool all, List<DependsNode> operands) =>
        operands.Count == 1 ? operands[0] : new DependsJunction(all, operands);

    private DependsNode ParseJunction(bool all, string @operator, Func<DependsNode> parseOperand)
    {
        var operands = new List<DependsNode>();
        do
        {
            operands.Add(parseOperand());
        }
        while (Accept(@operator));
        return Junction(all, operands);
    }

    private DependsNode ParseOne()
    {
        var negated = false;
        while (Accept("!"))
        {
            negated = !negated;
        }

        var node = Accept("(") ? ParseParenthesis() : ParseTerm();
        return negated ? new DependsNot(node) : node;
    }

    private DependsNode ParseParenthesis()
    {
        if (++nesting > MaxNesting)
        {
            throw Invalid($"parentheses are nested deeper than {MaxNesting} levels");
        }

        var node = ParseAny();
        if (!Accept(")"))
        {
            throw Unexpected();
        }

        nesting--;
        return node;
    }

    private DependsTerm ParseTerm()
    {
        var task = ReadWord();
        string? result = null;
        if (Current == '.')
        {
            position++;
            result = ReadWord();
            if (!Results.Contains(result))
            {
                throw Invalid($"a task has no result \"{result}\"");
            }
        }

        SkipBlanks();
        return new DependsTerm(task, result);
    }

    private string ReadWord()
    {
        var start = position;
        while (char.IsLetterOrDigit(Current) || Current is '-' or '_')
        {
            position++;
        }

        return position > start ? source[start..position] : throw Unexpected();
    }

    private bool Accept(string expected)
    {
        SkipBlanks();
        if (string.CompareOrdinal(source, position, expected, 0, expected.Length) != 0)
        {
            return false;
        }

        position += expected.Length;
        SkipBlanks();
        return true;
    }

    private void SkipBlanks()
    {
        while (char.IsWhiteSpace(Current))
        {
            position++;
        }
    }

    private ExpressionException Unexpected() => Invalid(position < source.Length
        ? $"unexpected \"{Current}\" at character {position + 1}"
        : "it ends too early");

    private ExpressionException Invalid(string reason) => new($"invalid depends \"{source}\": {reason}");
}
