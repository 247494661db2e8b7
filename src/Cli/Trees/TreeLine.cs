using Argosy.Cli.Client;

namespace Argosy.Cli.Trees;

/// <summary>One line of a drawn tree: the branches left of the node, and the node.</summary>
internal sealed record TreeLine(string Branches, Node Node)
{
    /// <summary>
    /// Draws a tree. Left out are groups of steps (their members share a line with it: <c>├─┬─</c>), retries that tried once, omitted
    /// nodes, and nodes that do not fit the selector; what is below them moves up.
    /// </summary>
    public static IReadOnlyList<TreeLine> Draw(NodeTree tree, NodeSelector selector)
    {
        var lines = new List<TreeLine>();
        Draw(tree, " ", " ", selector, lines);
        return lines;
    }

    private static void Draw(NodeTree tree, string before, string beforeChildren, NodeSelector selector, List<TreeLine> lines)
    {
        var isGroup = tree.Node.Type == "StepGroup";
        var isLeftOut = isGroup || IsSilent(tree) || !selector.Fits(tree.Node);
        if (!isLeftOut)
        {
            lines.Add(new(before, tree.Node));
        }

        var last = tree.Children.Count - 1;
        for (var index = 0; index <= last; index++)
        {
            var (branch, rail) = (isGroup, isLeftOut) switch
            {
                (true, _) => BranchInGroup(index, last),
                (_, true) => ("", ""),
                _ => Branch(index, last),
            };
            var start = isLeftOut && index == 0 ? before : beforeChildren;
            Draw(tree.Children[index], start + branch, beforeChildren + rail, selector, lines);
        }
    }

    private static bool IsSilent(NodeTree tree) =>
        (tree.Node.Type == "Retry" && tree.Children.Count == 1) || (tree.Node.Type == "Skipped" && tree.Node.Phase == "Omitted");

    private static (string Branch, string Rail) Branch(int index, int last) => index == last ? ("└─", "  ") : ("├─", "│ ");

    private static (string Branch, string Rail) BranchInGroup(int index, int last) => (index, last) switch
    {
        (_, 0) => ("──", "  "),
        (0, _) => ("┬─", "│ "),
        _ => Branch(index, last),
    };
}
