using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>What an agent's report about a pod means for its node. A report after the end, or of an older attempt, changes nothing.</summary>
internal static class PodReports
{
    // A pod may be lost again and again (a machine that keeps dying); then the step is told so instead of being tried for ever.
    private const int MaxLostAttempts = 100;

    public static void Apply(Turn turn, NodeReported report)
    {
        var state = turn.State;
        if (state.FindById(report.NodeId) is not { IsPod: true } node || node.Phase.IsEnd()
            || report.Attempt != node.Attempt || report.Generation != node.Generation)
        {
            return;
        }

        UpdateContainers(turn, node, report.Status);
        switch (report.Status.Phase)
        {
            case PodPhase.Pending:
                Note(turn, node, report.Status.Message);
                break;
            case PodPhase.Running:
                Run(turn, node, report.Status);
                break;
            case PodPhase.Succeeded when node.Daemoned && !node.CancelRequested:
                End(turn, node, NodePhase.Failed, report.Status, "daemon exited by itself");
                break;
            case PodPhase.Succeeded:
                End(turn, node, NodePhase.Succeeded, report.Status, report.Status.Message);
                break;
            case PodPhase.Failed:
                End(turn, node, DaemonDone(node) ? NodePhase.Succeeded : NodePhase.Failed, report.Status, report.Status.Message);
                break;
            case PodPhase.Error:
                End(turn, node, NodePhase.Error, report.Status, report.Status.Message);
                break;
            case PodPhase.Lost:
                Lose(turn, node, report.Status);
                break;
        }
    }

    private static bool DaemonDone(Node node) => node.Daemoned && node.CancelRequested;

    private static void Note(Turn turn, Node node, string? message)
    {
        if (node.Phase == NodePhase.Pending && node.Message != message)
        {
            turn.Record(new NodePhaseChanged(node.Index, NodePhase.Pending, message, node.WakeAt));
        }
    }

    private static void Run(Turn turn, Node node, PodStatus status)
    {
        var starts = node.Phase == NodePhase.Pending;
        if (starts)
        {
            turn.Record(new NodeStarted(node.Index, status.Host, status.Message));
        }

        Advance(turn, node, status);
        var becomesDaemon = status.Ready && !node.Daemoned && !node.CancelRequested && turn.TemplateOf(node).Daemon;
        if (becomesDaemon)
        {
            turn.Record(new NodeDaemoned(node.Index, status.PodIp ?? ""));
            Locks.GiveUp(turn, node); // it counts as done
        }

        if (starts || becomesDaemon)
        {
            turn.Notify(node.Owner, node.Index); // hooks may wait for the one, dependents for the other
        }
    }

    private static void End(Turn turn, Node node, NodePhase phase, PodStatus status, string? message)
    {
        var outputs = status.Outputs;
        if (phase == NodePhase.Succeeded && (status.Http is not null || status.Files is not null || turn.TemplateOf(node).Type == TemplateType.Resource))
        {
            (phase, message, outputs) = PodlessOutcome.Of(PodRequests.Of(turn.State, node), status);
        }

        Advance(turn, node, status);
        var missing = phase == NodePhase.Succeeded && !node.Daemoned ? MissingOutput(turn, node, outputs) : null;
        if (missing is not null)
        {
            (phase, message) = (NodePhase.Error, missing);
        }

        turn.End(node, phase, message, outputs.IsEmpty ? null : outputs, node.Type == NodeType.Pod ? PodUsage.Of(PodRequests.Of(turn.State, node).Template, status) : null);
    }

    private static void Advance(Turn turn, Node node, PodStatus status)
    {
        if (Progress.Parse(status.Progress) is { } progress && progress != node.Progress)
        {
            turn.Record(new NodeProgressed(node.Index, progress.ToString()));
        }
    }

    // A pod that is done but did not report what it promised is decided here and now: nothing waits for outputs that never come.
    private static string? MissingOutput(Turn turn, Node node, NodeOutputs outputs)
    {
        foreach (var parameter in turn.TemplateOf(node).Outputs.Parameters)
        {
            if (parameter.ValueFrom?.Path is not null && parameter.ValueFrom.Default is null && outputs.Parameter(parameter.Name) is null)
            {
                return $"pod of node {node.Name} ended without output parameter {parameter.Name}";
            }
        }

        return null;
    }

    private static void Lose(Turn turn, Node node, PodStatus status)
    {
        var message = status.Message ?? $"pod lost in cluster {node.Cluster}";
        if (DaemonDone(node))
        {
            turn.End(node, NodePhase.Succeeded);
        }
        else if (node.CancelRequested || Launching.IsEnding(turn.State, node.Flags))
        {
            turn.End(node, NodePhase.Failed, message);
        }
        else if (node.Daemoned || node.Attempt >= MaxLostAttempts)
        {
            turn.End(node, NodePhase.Error, message);
        }
        else
        {
            turn.Record(new NodeAttemptLost(node.Index, message));
            turn.Order(new PlaceNode(node.Index, PodRequests.PlacementOf(turn.State, node)));
        }
    }

    private static void UpdateContainers(Turn turn, Node node, PodStatus status)
    {
        foreach (var member in node.Members)
        {
            var container = turn.State[member];
            var name = container.Name[(node.Name.Length + 1)..];
            var phase = status.Containers.FirstOrDefault(reported => reported.Name == name)?.Phase ?? status.Phase;
            var message = status.Containers.FirstOrDefault(reported => reported.Name == name)?.Message;
            switch (phase)
            {
                case PodPhase.Running when container.Phase == NodePhase.Pending:
                    turn.Record(new NodePhaseChanged(member, NodePhase.Running, message, null));
                    break;
                case PodPhase.Succeeded or PodPhase.Failed or PodPhase.Error when !container.Phase.IsEnd():
                    var end = phase switch
                    {
                        PodPhase.Succeeded => NodePhase.Succeeded,
                        PodPhase.Failed => NodePhase.Failed,
                        _ => NodePhase.Error,
                    };
                    turn.Record(new NodeEnded(member, end, turn.Now) { Message = message });
                    break;
                default:
                    break;
            }
        }
    }
}
