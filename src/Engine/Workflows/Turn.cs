using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>
/// One decision in the making: what was found out so far, and whom it concerns next. Each fact is applied at once, so that the rest of the
/// decision sees it.
/// </summary>
internal sealed class Turn(WorkflowState state, DateTimeOffset now)
{
    /// <summary>Instead of an owner: owners that a parallelism held back may go on, the workflow's (-1) or that of a boundary.</summary>
    public const int SlotFreed = -2;

    /// <summary>Instead of a member: look at everything.</summary>
    public const int Everything = -1;

    /// <summary>Instead of a member: look at what was held back.</summary>
    public const int HeldBack = -2;
    /// <summary>Instead of an owner: everything that is under way, as after a restart.</summary>
    public const int UnderWay = -3;

    private readonly Queue<(int Owner, int Member)> agenda = new();

    public WorkflowState State { get; } = state;

    public DateTimeOffset Now { get; } = now;

    public List<WorkflowFact> Facts { get; } = [];

    public List<WorkflowOrder> Orders { get; } = [];

    public void Record(WorkflowFact fact)
    {
        State.Apply(fact);
        Facts.Add(fact);
    }

    public void Order(WorkflowOrder order) => Orders.Add(order);

    /// <summary>Has the owner look at a member of its that changed.</summary>
    public void Notify(int owner, int member = Everything) => agenda.Enqueue((owner, member));

    public bool TryNext(out int owner, out int member)
    {
        if (agenda.TryDequeue(out var next))
        {
            (owner, member) = next;
            return true;
        }

        (owner, member) = (-1, -1);
        return false;
    }

    public Node Create(NodeCreated created)
    {
        Record(created with { Tolerated = Tolerance.Covers(this, created.Phase, created.Flags, created.StepName, created.Boundary) });
        var node = State.Find(created.Name)!;
        if (!created.Phase.IsEnd())
        {
            Metrics.OnNodeStart(this, node);
        }

        return node;
    }

    /// <summary>Ends a node and lets its owner know.</summary>
    public void End(Node node, NodePhase phase, string? message = null, NodeOutputs? outputs = null, IReadOnlyDictionary<string, long>? used = null)
    {
        if (node.Phase.IsEnd())
        {
            return;
        }

        var wasFulfilled = node.IsFulfilled;
        if (outputs is null && phase.IsFailure() && !node.Outputs.IsEmpty)
        {
            outputs = node.Outputs;
        }

        foreach (var container in node.IsPod ? node.Members : [])
        {
            if (!State[container].Phase.IsEnd())
            {
                Record(new NodeEnded(container, phase, Now) { Message = message });
            }
        }

        var tolerated = Tolerance.Covers(this, phase, node.Flags, node.StepName, node.Boundary);
        PodGarbage.OnPodEnd(this, node, phase);
        Record(new NodeEnded(node.Index, phase, Now) { Message = message, Outputs = outputs, Tolerated = tolerated, Used = used });
        GlobalOutputs.Export(this, node);
        Locks.GiveUp(this, node);
        if (phase == NodePhase.Succeeded && node.Memo is { Hit: false })
        {
            Order(new WriteCache(node.Index));
        }

        Metrics.OnNodeEnd(this, node);
        if (node.Type is NodeType.Steps or NodeType.DAG)
        {
            Daemons.StopWithin(this, node.Index);
        }

        if (node.IsPod && node.Cluster is not null)
        {
            Order(new ReleaseNode(node.Index));
        }

        // A daemon counted as done already; its owner hears of it again only when it fails by itself, and may be retried.
        if (!wasFulfilled || (phase.IsFailure() && !node.CancelRequested))
        {
            Notify(node.Owner, node.Index);
        }
        else
        {
            Notify(-1); // the workflow may be waiting for its last daemon
        }

        if (node.IsPod)
        {
            Notify(SlotFreed);
        }

        if (State.At(node.Boundary) is { HeldBack.IsEmpty: false })
        {
            Notify(SlotFreed, node.Boundary);
        }
    }

    /// <summary>The template a node is a run of.</summary>
    public Template TemplateOf(Node node) => node.Template ??= TemplateLookup.Of(State, node)
        ?? throw new InvalidOperationException($"workflow {State.Name}: node {node.Name} refers to template {node.TemplateName}, which is gone");

    /// <summary>Remembers that an owner cannot go on until the resource has been read.</summary>
    public void AwaitResource(ResourceRef resource, int owner)
    {
        if (State.Parked.TryGetValue(resource, out var owners))
        {
            owners.Add(owner);
        }
        else
        {
            State.Parked[resource] = [owner];
        }

        if (!State.RequestedResources.Contains(resource))
        {
            Record(new ResourceRequested(resource));
            Order(new ReadResource(resource));
        }
    }

    /// <summary>Remembers that an owner holds back nodes because the workflow's or the boundary's parallelism is used up.</summary>
    public void HoldBack(int owner, Node? boundary)
    {
        (boundary is null ? State.HeldBack : boundary.HeldBack ??= new()).Add(owner);
    }
}
