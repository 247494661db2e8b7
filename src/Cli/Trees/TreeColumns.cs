using Argosy.Cli.Client;
using Argosy.Cli.Output;

namespace Argosy.Cli.Trees;

/// <summary>The columns right of the tree.</summary>
internal sealed class TreeColumns
{
    private readonly List<(string Title, Func<Node, string> Cell)> columns;

    private TreeColumns(List<(string Title, Func<Node, string> Cell)> columns) => this.columns = columns;

    public IEnumerable<string> Header => columns.Select(column => column.Title).Prepend("STEP");

    /// <summary>
    /// Argo's columns for the format. Where the nodes are in more than one cluster, the cluster is shown as well.
    /// </summary>
    public static TreeColumns For(Workflow workflow, string? format, DateTimeOffset now)
    {
        List<(string Title, Func<Node, string> Cell)> columns =
        [
            ("TEMPLATE", node => node.TemplateName),
            ("PODNAME", OfPods(node => node.PodName(workflow))),
            ("DURATION", OfPods(node => Durations.Short(node.StartedAt, node.FinishedAt, now))),
        ];
        if (workflow.Clusters.Count > 1)
        {
            columns.Add(("CLUSTER", node => node.Cluster));
        }

        if (format == "wide")
        {
            columns.Add(("ARTIFACTS", node => string.Join(',', node.OutputArtifacts)));
        }

        columns.Add(("MESSAGE", node => node.Message.ReplaceLineEndings(" ")));
        if (format == "wide")
        {
            columns.Add(("RESOURCESDURATION", node => WorkflowHeader.Resources(node.Json["resourcesDuration"])));
        }

        if (format is "wide" or "short")
        {
            columns.Add(("NODENAME", OfPods(node => node.HostNodeName)));
        }

        return new(columns);
    }

    public IEnumerable<string> Cells(Node node) => columns.Select(column => column.Cell(node));

    private static Func<Node, string> OfPods(Func<Node, string> cell) => node => node.Type == "Pod" ? cell(node) : "";
}
