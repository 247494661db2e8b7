using Argosy.Engine.Expressions;

namespace Argosy.Engine.Workflows;

/// <summary>What a decision came to.</summary>
/// <param name="Facts">New facts, already applied to the state; none of their effects may leave the process before they are durable.</param>
/// <param name="Orders">What the world should do about them.</param>
/// <param name="Refusal">Why the user's verb was refused, in upstream's words; null when it was not.</param>
public sealed record Decision(IReadOnlyList<WorkflowFact> Facts, IReadOnlyList<WorkflowOrder> Orders, string? Refusal);

/// <summary>
/// Decides what follows from something that happened to a workflow. Pure: no clock, no chance, no I/O. The work done is in proportion to what
/// the input touches, not to the size of the workflow; only verbs, deadlines and recovery look at every node.
/// </summary>
public static class WorkflowDecider
{
    /// <summary>Decides about one input. The state is advanced by the facts in the answer.</summary>
    public static Decision Decide(WorkflowState state, WorkflowInput input, DateTimeOffset now)
    {
        var turn = new Turn(state, now);
        var hadLocks = state.Locks.All.Count > 0;
        var refusal = Take(turn, input);
        hadLocks |= state.Locks.All.Count > 0;
        Settle(turn);
        if (hadLocks && state.Phase.IsEnd())
        {
            turn.Order(new KeepLocks([]));
        }

        return new Decision(turn.Facts, turn.Orders, refusal);
    }

    private static string? Take(Turn turn, WorkflowInput input)
    {
        var state = turn.State;
        switch (input)
        {
            case Submitted submitted:
                if (!state.Accepted && RecordedRun.IsIn(submitted.Manifest))
                {
                    Adoption.Begin(turn, submitted.Manifest, submitted.Hub);
                }
                else if (!state.Accepted)
                {
                    turn.Record(new WorkflowAccepted(submitted.Manifest, turn.Now, submitted.Hub));
                    if (submitted.Postponed)
                    {
                        turn.Record(new WorkflowPostponed(true, turn.Now));
                    }

                    turn.Notify(-1);
                }

                return null;
            case Recovered:
                Recovery.Look(turn);
                return null;
            case ResourceAnswered answered:
                Answer(turn, answered);
                return null;
            case Admitted:
                if (state.Postponed && !state.Phase.IsEnd())
                {
                    turn.Record(new WorkflowPostponed(false, turn.Now));
                    turn.Notify(-1);
                }

                return null;
            case LocksGranted granted:
                Locks.Grant(turn, granted.Ticket);
                return null;
            case LocksQueued queued:
                Locks.Await(turn, queued);
                return null;
            case LocksRefused refused:
                Locks.Refuse(turn, refused);
                return null;
            case CacheAnswered answered:
                Memoization.Take(turn, answered);
                return null;
            case PlacementAnswered placement:
                Place(turn, placement);
                return null;
            case NodeReported report:
                PodReports.Apply(turn, report);
                return null;
            case TimePassed:
                Timers.Pass(turn);
                return null;
            case ChoreAnswered answer:
                Chores.Answer(turn, answer);
                return null;
            case DeletionSeen:
                ArtifactCollection.OnDeletion(turn);
                return null;
            case SuspendAsked:
                return Verbs.Suspend(turn);
            case SuspensionLifted:
                Verbs.LiftSuspension(turn);
                return null;
            case ResumeAsked resume:
                return Verbs.Resume(turn, resume.Selector);
            case ShutdownAsked shutdown:
                return Verbs.Shutdown(turn, shutdown);
            case SetAsked set:
                return Verbs.Set(turn, set);
            case RetryAsked retry:
                return RetryVerb.Apply(turn, retry);
            case DeadlineAsked deadline:
                if (deadline.Seconds != state.ActiveDeadlineSeconds)
                {
                    turn.Record(new DeadlineChanged(deadline.Seconds));
                    Timers.Pass(turn);
                }

                return null;
            default:
                throw new ArgumentOutOfRangeException(nameof(input), input.GetType().Name, "an input that nobody decides about");
        }
    }

    private static void Answer(Turn turn, ResourceAnswered answered)
    {
        if (!turn.State.RequestedResources.Contains(answered.Resource))
        {
            return;
        }

        turn.Record(new ResourceRead(answered.Resource, answered.Content));
        if (answered.Resource.Kind is ResourceRefKind.WorkflowTemplate or ResourceRefKind.ClusterWorkflowTemplate
            && answered.Resource != turn.State.WorkflowTemplateRef)
        {
            ArtifactCollection.Consider(turn, turn.State.HeldSpec(answered.Resource));
        }

        if (turn.State.Parked.Remove(answered.Resource, out var owners))
        {
            foreach (var owner in owners)
            {
                turn.Notify(owner);
            }
        }
    }

    private static void Place(Turn turn, PlacementAnswered placement)
    {
        if (turn.State.At(placement.Node) is not { Phase: NodePhase.Pending, Cluster: null, Waits: false } node)
        {
            return;
        }

        if (placement.Cluster is { } cluster)
        {
            var claims = PodRequests.Of(turn.State, node).Claims.Where(claim => !turn.State.ClaimHomes.ContainsKey(claim)).ToList();
            turn.Record(new NodePlaced(node.Index, cluster) { Claims = claims.Count > 0 ? claims : null });
            turn.Order(new RunNode(node.Index));
        }
        else if (node.Message != placement.WhyNot)
        {
            turn.Record(new NodePhaseChanged(node.Index, NodePhase.Pending, placement.WhyNot, node.WakeAt));
        }
    }

    /// <summary>Has everybody concerned look at what changed, until nobody is concerned any more.</summary>
    private static void Settle(Turn turn)
    {
        while (turn.TryNext(out var owner, out var member))
        {
            if (owner == Turn.SlotFreed)
            {
                ReleaseHeldBack(turn, turn.State.At(member));
            }
            else if (owner == Turn.UnderWay)
            {
                Recovery.Look(turn);
            }
            else if (owner < 0)
            {
                WorkflowEvaluation.Advance(turn);
            }
            else if (turn.State.At(owner) is { } node)
            {
                Advance(turn, node, member);
            }
        }
    }

    /// <param name="boundary">Whose parallelism has room again; null: the workflow's.</param>
    private static void ReleaseHeldBack(Turn turn, Node? boundary)
    {
        var state = turn.State;
        var (waiting, active, limit) = boundary is null
            ? (state.HeldBack, state.ActivePods, state.Spec?.Parallelism)
            : (boundary.HeldBack, boundary.ActiveChildren, turn.TemplateOf(boundary).Parallelism);
        if (waiting is not null && (limit is not > 0 || active < limit) && waiting.TryTake(out var owner))
        {
            turn.Notify(owner, Turn.HeldBack);
            turn.Notify(Turn.SlotFreed, boundary?.Index ?? -1); // there may be room for the next as well
        }
    }

    private static void Advance(Turn turn, Node node, int member)
    {
        var state = turn.State;
        if (node.Phase.IsEnd() || state.Phase == WorkflowPhase.Pending || Locks.LockOut(state, node))
        {
            return;
        }

        try
        {
            if (node.Waits)
            {
                WaitingNodes.Advance(turn, node);
            }
            else
            {
                AdvanceOpen(turn, node, member);
            }
        }
        catch (ExpressionException failure) when (node.Open == 0)
        {
            turn.End(node, NodePhase.Error, failure.Message); // its own fields cannot be worked out
        }
    }

    private static void AdvanceOpen(Turn turn, Node node, int member)
    {
        switch (node.Type)
        {
            case NodeType.Steps:
                StepsEvaluation.Advance(turn, node);
                break;
            case NodeType.StepGroup:
                StepsEvaluation.AdvanceGroup(turn, node, member);
                break;
            case NodeType.DAG:
                DagEvaluation.Advance(turn, node, member);
                break;
            case NodeType.TaskGroup:
                DagEvaluation.AdvanceTaskGroup(turn, node);
                break;
            case NodeType.Retry:
                RetryEvaluation.Advance(turn, node);
                break;
            case NodeType.Pod or NodeType.Container or NodeType.Skipped or NodeType.Suspend or NodeType.HTTP or NodeType.Plugin:
                break; // leaves own nobody
        }
    }
}

/// <summary>After a restart: gives every outstanding order again and looks at every running group.</summary>
internal static class Recovery
{
    public static void Look(Turn turn)
    {
        var state = turn.State;
        Locks.Reassert(turn);
        if (state.Phase.IsEnd())
        {
            Chores.OrderDue(turn);
            return;
        }

        foreach (var node in state.Nodes.Where(node => node is { Phase: NodePhase.Succeeded, Memo.Hit: false }))
        {
            turn.Order(new WriteCache(node.Index));
        }

        foreach (var resource in state.RequestedResources)
        {
            turn.Order(new ReadResource(resource));
        }

        if (state.Record is not null && !Adoption.IsReady(turn))
        {
            return;
        }

        foreach (var node in state.Nodes.Where(node => node.IsPod && !node.Phase.IsEnd() && !node.Waits))
        {
            if (node.Cluster is null)
            {
                turn.Order(new PlaceNode(node.Index, PodRequests.PlacementOf(state, node)));
            }
            else if (node.CancelRequested)
            {
                turn.Order(new RunNode(node.Index)); // so that an agent that never heard of it has something to cancel and report
                turn.Order(new CancelNode(node.Index, node.Message ?? "cancelled before the restart", node.Daemoned));
            }
            else
            {
                turn.Order(new RunNode(node.Index));
            }
        }

        Metrics.Recover(turn);
        Shutdowns.NotifyGroups(turn);
        Timers.Pass(turn);
    }
}
