using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;
using Argosy.Engine.Placement;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>
/// Which pods are removed, with their logs, and when: <c>podGC</c> {strategy, labelSelector, deleteDelayDuration}. Without a strategy they
/// stay until the workflow is deleted.
/// </summary>
public static class PodGarbage
{
    internal static void OnPodEnd(Turn turn, Node node, NodePhase phase)
    {
        var garbage = Of(turn.State);
        var chosen = garbage.Text("strategy") switch
        {
            "OnPodCompletion" => true,
            "OnPodSuccess" => phase == NodePhase.Succeeded,
            _ => false,
        };
        if (chosen && node is { Type: NodeType.Pod, Cluster: not null } && Matches(turn.State, node))
        {
            Chores.Add(turn, ChoreKind.RemovePods, node.Index, null, turn.Now + Delay(turn.State, garbage));
        }
    }

    internal static void OnWorkflowEnd(Turn turn)
    {
        var garbage = Of(turn.State);
        var chosen = garbage.Text("strategy") switch
        {
            "OnWorkflowCompletion" => true,
            "OnWorkflowSuccess" => turn.State.Phase == WorkflowPhase.Succeeded,
            _ => false,
        };
        if (chosen)
        {
            Chores.Add(turn, ChoreKind.RemovePods, -1, null, turn.Now + Delay(turn.State, garbage));
        }
    }

    /// <summary>The nodes whose pods a chore removes.</summary>
    /// <param name="node">One node; -1: all that the workflow's selector matches.</param>
    public static IEnumerable<Node> Chosen(WorkflowState state, int node) => node >= 0
        ? state.At(node) is { } one ? [one] : []
        : state.Nodes.Where(pod => pod is { Type: NodeType.Pod, Cluster: not null, PodRemoved: false } && pod.Phase.IsEnd() && Matches(state, pod));

    private static JsonObject? Of(WorkflowState state) => state.Spec?.Json.Object("podGC");

    private static TimeSpan Delay(WorkflowState state, JsonObject? garbage) =>
        Duration.Parse(garbage.Text("deleteDelayDuration")) ?? TimeSpan.FromSeconds(state.HubSettings?.PodGcDelaySeconds ?? 5);

    private static bool Matches(WorkflowState state, Node node)
    {
        var selector = LabelSelectorObject.Text(Of(state).Object("labelSelector"));
        return selector is not { Length: > 0 } || !LabelSelector.TryParse(selector, out var parsed, out _) || parsed.Matches(Labels(state, node));
    }

    private static Dictionary<string, string> Labels(WorkflowState state, Node node)
    {
        try
        {
            return new(PodRequests.Of(state, node).Labels, StringComparer.Ordinal) { ["workflows.argoproj.io/completed"] = "true" };
        }
        catch (ExpressionException)
        {
            return []; // it never became a pod
        }
    }
}
