using Argosy.Cli.Client;
using Argosy.Cli.Output;

namespace Argosy.Cli.Trees;

/// <summary>The life of a workflow as lines of text, one for each change of a node's phase.</summary>
internal sealed class PhaseStory(string workflowName)
{
    private readonly Dictionary<string, (string Phase, string Message)> told = [];

    /// <summary>What has happened since the last call, in the order in which the nodes began.</summary>
    public IEnumerable<string> Tell(Workflow workflow, DateTimeOffset now)
    {
        var news = workflow.Nodes.Values
            .Where(IsWorthTelling)
            .Where(node => told.GetValueOrDefault(node.Id) != (node.Phase, Reason(node)))
            .OrderBy(node => node.FinishedAt ?? node.StartedAt ?? DateTimeOffset.MaxValue)
            .ThenBy(node => node.Name, StringComparer.Ordinal);
        foreach (var node in news)
        {
            told[node.Id] = (node.Phase, Reason(node));
            yield return Line(node, now);
        }
    }

    // A group of steps is told by its members.
    private static bool IsWorthTelling(Node node) => node.Type is not ("StepGroup" or "TaskGroup" or "Container") && node.Phase.Length > 0;

    // A pending node's message says why it waits, which may change; a running node's message may change with every line it prints.
    private static string Reason(Node node) => node.Phase == "Running" ? "" : node.Message;

    private string Line(Node node, DateTimeOffset now)
    {
        var (icon, _) = Phases.Of(node);
        var name = node.Name.StartsWith(workflowName + ".", StringComparison.Ordinal) ? node.Name[(workflowName.Length + 1)..] : node.Name;
        var where = node.Cluster.Length > 0 ? $" on {node.Cluster}" : "";
        var duration = node.IsFinished && node.Type == "Pod" ? $" after {Durations.Short(node.StartedAt, node.FinishedAt, now)}" : "";
        var message = node.Message.Length > 0 ? $": {node.Message.ReplaceLineEndings(" ")}" : "";
        return $"{icon} {node.Phase,-9} {name}{where}{duration}{message}";
    }
}
