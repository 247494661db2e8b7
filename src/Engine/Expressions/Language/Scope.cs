namespace Argosy.Engine.Expressions.Language;

/// <summary>What names mean while an expression is parsed: slots for <c>let</c> and closures, and the variables met so far.</summary>
internal sealed class Scope
{
    /// <summary>No variable of a workflow has nearly as many segments.</summary>
    private const int MaxSegments = 64;

    private readonly Dictionary<string, Stack<int>> declared = new(StringComparer.Ordinal);
    private readonly Stack<int> closures = new();
    private readonly List<VariableNode> variables = [];

    /// <summary>How many slots an evaluation needs.</summary>
    public int Slots { get; private set; }

    public bool InClosure => closures.Count > 0;

    /// <summary>Where the innermost closure's element is; its position and the accumulator follow.</summary>
    public int ElementSlot => closures.Peek();

    /// <summary>The distinct variables' names in the order they appear.</summary>
    public IReadOnlyList<string> Paths => [.. variables.Select(variable => variable.Path.Name).Distinct(StringComparer.Ordinal)];

    public int Declare(string name)
    {
        if (!declared.TryGetValue(name, out var slots))
        {
            declared[name] = slots = new Stack<int>();
        }

        slots.Push(Slots);
        return Slots++;
    }

    public void Forget(string name) => declared[name].Pop();

    public int? Slot(string name) => declared.TryGetValue(name, out var slots) && slots.TryPeek(out var slot) ? slot : null;

    public int EnterClosure()
    {
        closures.Push(Slots);
        Slots += 3;
        return closures.Peek();
    }

    public void LeaveClosure() => closures.Pop();

    public VariableNode Variable(VariablePath path)
    {
        var node = new VariableNode(path);
        variables.Add(node);
        return node;
    }

    /// <summary>The variable turns out to be the beginning of a longer path, which takes its place.</summary>
    public VariableNode Extend(VariableNode variable, string segment, bool isOptional)
    {
        if (variable.Path.Segments.Length >= MaxSegments)
        {
            throw new ExpressionException($"a variable has more than {MaxSegments} segments");
        }

        variables.RemoveAt(variables.LastIndexOf(variable));
        return Variable(variable.Path.Append(segment, isOptional));
    }
}

/// <param name="Root">The tree.</param>
/// <param name="Slots">How many slots an evaluation needs.</param>
/// <param name="Paths">The variables the expression mentions.</param>
internal sealed record ParsedExpression(Node Root, int Slots, IReadOnlyList<string> Paths);
