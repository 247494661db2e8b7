using Argosy.Cli.Client;
using Argosy.Cli.Output;

namespace Argosy.Cli.Trees;

/// <summary>Prints a workflow as Argo's users know it: the facts, then the tree of its nodes.</summary>
internal sealed class TreePrinter(TimeProvider time, bool colors)
{
    /// <summary>Which nodes to show.</summary>
    public NodeSelector Selector { get; init; } = NodeSelector.All;

    /// <param name="format">wide adds columns; short leaves the facts out.</param>
    public string Print(Workflow workflow, string? format = null)
    {
        var tree = PrintTree(workflow, format);
        return format == "short" && tree.Length > 0
            ? tree
            : WorkflowHeader.Write(workflow, time.GetUtcNow()) + (tree.Length > 0 ? Environment.NewLine + tree : "");
    }

    private string PrintTree(Workflow workflow, string? format)
    {
        var trees = NodeTree.Of(workflow);
        if (trees.Count == 0)
        {
            return "";
        }

        var columns = TreeColumns.For(workflow, format, time.GetUtcNow());
        var table = new TextTable(2, [.. columns.Header]);
        foreach (var tree in trees)
        {
            if (tree != trees[0])
            {
                table.Add("");
            }

            foreach (var line in TreeLine.Draw(tree, Selector))
            {
                table.Add([Step(line), .. columns.Cells(line.Node)]);
            }
        }

        return table.ToString();
    }

    private string Step(TreeLine line)
    {
        var (icon, color) = Phases.Of(line.Node);
        return $"{line.Branches}{Ansi.Paint(icon, color, colors)} {line.Node.DisplayName}";
    }
}
