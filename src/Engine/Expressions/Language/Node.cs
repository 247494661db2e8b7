namespace Argosy.Engine.Expressions.Language;

/// <summary>One construct of a parsed expression. Nodes hold no state of an evaluation, so a tree serves many at once.</summary>
internal abstract class Node
{
    protected Node(params ReadOnlySpan<Node?> children)
    {
        var height = 0;
        var size = 0;
        foreach (var child in children)
        {
            height = Math.Max(height, child?.Height ?? 0);
            size += child?.Size ?? 0;
        }

        Height = height + 1;
        Size = size + 1;
    }

    /// <summary>Levels below and including this one: how deep evaluating it recurses.</summary>
    public int Height { get; }

    /// <summary>Nodes below and including this one: what evaluating it once costs at most.</summary>
    public int Size { get; }

    public abstract object? Evaluate(Evaluation evaluation);
}
