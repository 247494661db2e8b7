using Argosy.Engine.Expressions;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>Turns calls into nodes.</summary>
internal static class Launching
{
    /// <summary>What exit handlers may add to a workflow that has grown too large.</summary>
    private const int NodesKeptForExit = 1_000;

    private const int MaxDepth = 100;

    public static CallOutcome Launch(Turn turn, Call call)
    {
        var state = turn.State;
        if (IsRefused(state, call.Flags))
        {
            return CallOutcome.Refused;
        }

        if (state.Suspended && (call.Flags & NodeFlags.Exempt) == 0)
        {
            return CallOutcome.Waiting; // resuming looks at every running group again
        }

        var inputs = Inputs(turn, call, out var missing, out var error);
        if (missing is { } resource)
        {
            turn.AwaitResource(resource, call.Owner);
            return CallOutcome.Waiting;
        }

        if (error is null && Depth(state, call.Boundary) > MaxDepth)
        {
            error = "Maximum recursion depth exceeded. See https://argo-workflows.readthedocs.io/en/latest/scaling/";
        }

        if (error is not null)
        {
            turn.Notify(call.Owner, turn.Create(Created(turn, call, NodeTypeOf(call.Template), NodePhase.Error, NodeInputs.None) with { Message = error }).Index);
            return CallOutcome.Made;
        }

        if (IsHeldBack(turn, call))
        {
            return CallOutcome.Waiting;
        }

        if (WaitingNodes.Concern(call.Template) && !call.Flags.HasFlag(NodeFlags.Retried))
        {
            WaitingNodes.Create(turn, Created(turn, call, NodeTypeOf(call.Template), NodePhase.Pending, inputs!), call.Template);
            return CallOutcome.Made;
        }

        if (call.Template.RetryStrategy is not null && !call.Flags.HasFlag(NodeFlags.Retried))
        {
            // The first attempt starts at once: it takes the slot that was free for this call.
            RetryEvaluation.Advance(turn, turn.Create(Created(turn, call, NodeType.Retry, NodePhase.Running, inputs!)));
            return CallOutcome.Made;
        }

        Start(turn, call, inputs!);
        return CallOutcome.Made;
    }

    /// <summary>A node that never ran: its condition was false, its list was empty, or its dependencies did not come true.</summary>
    public static void Skip(Turn turn, Call call, NodePhase phase, string message)
    {
        var node = turn.Create(Created(turn, call, NodeType.Skipped, phase, NodeInputs.None) with { Message = message });
        turn.Notify(call.Owner, node.Index);
    }

    /// <summary>A node that could not even be called.</summary>
    public static void Fail(Turn turn, NodeCreated created)
    {
        var node = turn.Create(created);
        turn.Notify(created.Owner, node.Index);
    }

    /// <summary>Whether the workflow starts no more such nodes.</summary>
    public static bool IsRefused(WorkflowState state, NodeFlags flags) => IsEnding(state, flags) || IsTooLarge(state, flags);

    /// <summary>Whether such nodes are brought to their end.</summary>
    public static bool IsEnding(WorkflowState state, NodeFlags flags) =>
        state.Shutdown == ShutdownStrategy.Terminate
        || ((flags & NodeFlags.Exempt) == 0 && (state.Shutdown == ShutdownStrategy.Stop || state.DeadlineExceeded));

    private static bool IsTooLarge(WorkflowState state, NodeFlags flags) =>
        state.NodeCount >= ((flags & NodeFlags.Exempt) != 0 ? state.MaxNodes + NodesKeptForExit : state.MaxNodes);

    /// <summary>Why nothing new is started, for the node that would have needed it.</summary>
    public static string RefusalOf(WorkflowState state) => state.Shutdown != ShutdownStrategy.None
        ? $"Stopped with strategy '{state.Shutdown}'"
        : state.DeadlineExceeded ? "Step exceeded its deadline"
        : $"the workflow has {state.MaxNodes} nodes, more than one may have; look for a template that calls itself without an end";

    public static NodeType NodeTypeOf(Template template) => template.Type switch
    {
        TemplateType.Steps => NodeType.Steps,
        TemplateType.Dag => NodeType.DAG,
        TemplateType.Suspend => NodeType.Suspend,
        TemplateType.Http => NodeType.HTTP,
        TemplateType.Plugin => NodeType.Plugin,
        TemplateType.Container or TemplateType.ContainerSet or TemplateType.Script or TemplateType.Resource or TemplateType.Data
            or TemplateType.Unspecified => NodeType.Pod,
    };

    private static NodeInputs? Inputs(Turn turn, Call call, out ResourceRef? missing, out string? error)
    {
        (missing, error) = (null, null);
        if (turn.State.At(call.Owner) is { Type: NodeType.Retry } retry && call.Flags.HasFlag(NodeFlags.Retried))
        {
            return retry.Inputs;
        }

        try
        {
            var bound = InputBinding.Bind(turn.State, call.Template, call.Arguments, call.Variables);
            (missing, error) = (bound.Missing, bound.Error);
            return bound.Inputs;
        }
        catch (ExpressionException failure)
        {
            error = failure.Message;
            return null;
        }
    }

    /// <summary>Starts a node that waited.</summary>
    public static void Start(Turn turn, Node node, Template template)
    {
        var type = template.RetryStrategy is not null ? NodeType.Retry : node.Type;
        var until = type == NodeType.Suspend ? Suspension.Until(turn, node.Inputs, template) : null;
        var phase = type is NodeType.Steps or NodeType.DAG or NodeType.Retry or NodeType.Suspend ? NodePhase.Running : NodePhase.Pending;
        turn.Record(new NodeAdmitted(node.Index, type, phase, turn.Now, until));
        if (type == NodeType.Retry)
        {
            RetryEvaluation.Advance(turn, node); // the first attempt takes the room that was free for this node
        }
        else if (phase == NodePhase.Pending)
        {
            LeafStart.Prepare(turn, node);
        }
        else
        {
            turn.Notify(node.Index);
        }

        turn.Notify(node.Owner, node.Index); // hooks may wait for it to run
    }

    private static void Start(Turn turn, Call call, NodeInputs inputs)
    {
        var type = NodeTypeOf(call.Template);
        switch (type)
        {
            case NodeType.Steps or NodeType.DAG:
                var group = turn.Create(Created(turn, call, type, NodePhase.Running, inputs));
                group.Template = call.Template;
                turn.Notify(group.Index);
                break;
            case NodeType.Suspend:
                Suspension.Start(turn, Created(turn, call, type, NodePhase.Running, inputs), call.Template);
                break;
            default:
                var leaf = turn.Create(Created(turn, call, type, NodePhase.Pending, inputs));
                leaf.Template = call.Template;
                LeafStart.Prepare(turn, leaf);
                break;
        }
    }

    private static bool IsHeldBack(Turn turn, Call call)
    {
        var state = turn.State;
        if (state.Spec?.Parallelism is > 0 and var limit && state.ActivePods >= limit)
        {
            turn.HoldBack(call.Owner, null);
            return true;
        }

        // Siblings that wait for the locks of a Retry count as active: without its next attempt none of them would ever end.
        var isAwaited = call.Flags.HasFlag(NodeFlags.Retried) && state.Locks.OfNode(call.Owner) is not null;
        if (!isAwaited && state.At(call.Boundary) is { } boundary && turn.TemplateOf(boundary).Parallelism is > 0 and var siblings
            && boundary.ActiveChildren >= siblings && call.Template.Type != TemplateType.Suspend)
        {
            turn.HoldBack(call.Owner, boundary);
            return true;
        }

        return false;
    }

    private static int Depth(WorkflowState state, int boundary)
    {
        var depth = 0;
        for (var node = state.At(boundary); node is not null; node = state.At(node.Boundary))
        {
            depth++;
        }

        return depth;
    }

    private static NodeCreated Created(Turn turn, Call call, NodeType type, NodePhase phase, NodeInputs inputs) =>
        new(call.NodeName, type, phase, call.Owner, call.Boundary, call.TemplateName, turn.Now)
        {
            Scope = call.Scope,
            StepName = call.StepName,
            Ordinal = call.Ordinal,
            Flags = call.Flags,
            Inputs = inputs.IsEmpty ? null : inputs,
        };
}
