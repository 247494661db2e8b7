using Argosy.Cli.Client;
using Argosy.Cli.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Argosy.Cli.Trees;

/// <summary>The tree as a picture that is redrawn while the workflow runs.</summary>
internal static class LiveTree
{
    public static IRenderable Draw(Workflow workflow, DateTimeOffset now)
    {
        var table = new Table().NoBorder().Expand();
        foreach (var title in new[] { Title(workflow), "CLUSTER", "DURATION", "MESSAGE" })
        {
            table.AddColumn(new TableColumn(new Markup(title)) { NoWrap = title != "MESSAGE", Padding = new Padding(0, 0, 2, 0) });
        }

        foreach (var line in NodeTree.Of(workflow).SelectMany(tree => TreeLine.Draw(tree, NodeSelector.All)))
        {
            table.AddRow(
                new Markup($"[grey]{line.Branches}[/]{Icon(line.Node)} {Markup.Escape(line.Node.DisplayName)}"),
                new Text(line.Node.Cluster),
                new Text(Durations.Short(line.Node.StartedAt, line.Node.FinishedAt, now)),
                new Text(line.Node.Message.ReplaceLineEndings(" "), Style.Plain).Overflow(Overflow.Ellipsis));
        }

        return table;
    }

    private static string Title(Workflow workflow) =>
        $"[bold]{Markup.Escape(workflow.Name)}[/]  {Colored(Markup.Escape(Phases.Describe(workflow)), Phases.Of(workflow.Phase).Color)}  {Markup.Escape(workflow.Progress)}";

    private static string Icon(Node node)
    {
        var (icon, color) = Phases.Of(node);
        return Colored(icon, color);
    }

    private static string Colored(string markup, int color)
    {
        var name = color switch
        {
            Ansi.Red => "red",
            Ansi.Green => "green",
            Ansi.Yellow => "yellow",
            Ansi.Cyan => "cyan",
            _ => "default",
        };
        return $"[{name}]{markup}[/]";
    }
}
