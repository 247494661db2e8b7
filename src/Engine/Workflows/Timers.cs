using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>What happens because time has passed.</summary>
internal static class Timers
{
    public static void Pass(Turn turn)
    {
        if (turn.State.DeadlineAt is { } deadline && deadline <= turn.Now)
        {
            Shutdowns.Expire(turn);
        }

        Chores.OrderDue(turn);
        foreach (var index in turn.State.TakeDue(turn.Now))
        {
            var node = turn.State[index];
            switch (node.Type)
            {
                case var _ when node.Waits:
                    Shutdowns.Abandon(turn, node, "timeout");
                    break;
                case NodeType.Suspend:
                    Suspension.OnTime(turn, node);
                    break;
                case NodeType.Retry:
                    turn.Record(new NodePhaseChanged(index, NodePhase.Running, null, null));
                    turn.Notify(index);
                    break;
                default:
                    ExpirePod(turn, node);
                    break;
            }
        }
    }

    private static string PendingMessage(Turn turn, Node node)
    {
        var template = turn.TemplateOf(node).Json;
        return PodRequests.Of(turn.State, node).PendingDeadline <= turn.Now ? "pending timeout"
            : template.ContainsKey("timeout") ? "timeout"
            : Shutdowns.DeadlineMessage;
    }

    private static void ExpirePod(Turn turn, Node node)
    {
        if (node.CancelRequested)
        {
            Shutdowns.GiveUp(turn, node);
        }
        else if (node.Phase == NodePhase.Pending)
        {
            Shutdowns.Abandon(turn, node, PendingMessage(turn, node));
        }
        else if (PodRequests.Of(turn.State, node).Deadline is not { } deadline || deadline > turn.Now)
        {
            // It began to run in time.
            turn.Record(new NodePhaseChanged(node.Index, node.Phase, node.Message, PodRequests.Of(turn.State, node).Deadline));
        }
        else
        {
            Shutdowns.Cancel(turn, node, Shutdowns.DeadlineMessage, daemonDone: false);
        }
    }
}

/// <summary>Bringing a workflow to an early end: by its deadline, by stop, by terminate.</summary>
internal static class Shutdowns
{
    public const string DeadlineMessage = "Step exceeded its deadline";

    // How long a pod that was told to end may take to say so, before its node is decided without it: longer than most pods' grace period.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static void Begin(Turn turn, ShutdownStrategy strategy)
    {
        turn.Record(new ShutdownRequested(strategy));
        Enforce(turn, strategy);
    }

    /// <summary>Ends what may not go on under the strategy.</summary>
    public static void Enforce(Turn turn, ShutdownStrategy strategy)
    {
        foreach (var node in OpenNodes(turn.State))
        {
            if (strategy == ShutdownStrategy.Stop && node.Is(NodeFlags.Exempt))
            {
                continue;
            }

            switch (node.Type)
            {
                case var _ when Locks.Lacks(turn.State, node):
                    Abandon(turn, node, $"Stopped with strategy '{strategy}'");
                    break;
                case NodeType.Suspend or NodeType.HTTP or NodeType.Plugin:
                    Abandon(turn, node, $"Stopped with strategy '{strategy}'");
                    break;
                case NodeType.Pod when node.Phase == NodePhase.Pending || node.Cluster is null:
                    Abandon(turn, node, $"workflow shutdown with strategy:  {strategy}");
                    break;
                case NodeType.Pod when !node.CancelRequested:
                    Cancel(turn, node, $"workflow shutdown with strategy:  {strategy}", node.Daemoned);
                    break;
                default:
                    break;
            }
        }

        NotifyGroups(turn);
    }

    public static void Expire(Turn turn)
    {
        turn.Record(new DeadlineExceeded());
        foreach (var node in OpenNodes(turn.State).Where(node => !node.Is(NodeFlags.Exempt)))
        {
            if (node.IsPod || node.Type == NodeType.Suspend || Locks.Lacks(turn.State, node))
            {
                Abandon(turn, node, DeadlineMessage);
            }
        }

        NotifyGroups(turn);
    }

    /// <summary>Has a node's pod told to end; its report decides the node, or its silence.</summary>
    public static void Cancel(Turn turn, Node node, string reason, bool daemonDone)
    {
        turn.Record(new NodeCancelRequested(node.Index));
        turn.Record(new NodePhaseChanged(node.Index, node.Phase, reason, turn.Now + Patience));
        turn.Order(new CancelNode(node.Index, reason, daemonDone));
    }

    /// <summary>Decides a node whose pod was told to end and never said that it did.</summary>
    public static void GiveUp(Turn turn, Node node)
    {
        if (node.Daemoned)
        {
            turn.End(node, NodePhase.Succeeded);
        }
        else
        {
            Abandon(turn, node, node.Message ?? DeadlineMessage);
        }
    }

    /// <summary>Decides a node without waiting for its pod; the pod, where there may be one, is told to end.</summary>
    public static void Abandon(Turn turn, Node node, string message)
    {
        if (node.IsPod && node.Cluster is not null)
        {
            turn.Order(new CancelNode(node.Index, message, DaemonDone: false));
        }

        turn.End(node, NodePhase.Failed, message);
    }

    /// <summary>Has every running group look at itself again, the innermost first, and the workflow last.</summary>
    public static void NotifyGroups(Turn turn)
    {
        foreach (var node in OpenNodes(turn.State).Where(node => node.Waits || node.Type is NodeType.Steps or NodeType.StepGroup or NodeType.DAG or NodeType.TaskGroup or NodeType.Retry).Reverse())
        {
            turn.Notify(node.Index);
        }

        turn.Notify(-1);
    }

    private static List<Node> OpenNodes(WorkflowState state) => [.. state.Nodes.Where(node => !node.Phase.IsEnd())];
}
