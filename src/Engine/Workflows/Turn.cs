using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>
/// One decision in the making: what was found out so far, and whom it concerns next. Each fact is applied at once, so that the rest of the
/// decision sees it.
/// </summary>
internal sealed class Turn(WorkflowState state, DateTimeOffset now)
{
    /// <summary>Instead of an owner: a pod ended, so owners that the workflow's parallelism held back may go on.</summary>
    public const int SlotFreed = -2;

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

    /// <summary>Has the owner look at a member of its that changed (-1: at everything).</summary>
    public void Notify(int owner, int member = -1) => agenda.Enqueue((owner, member));

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

        if (State.At(node.Boundary) is { HeldBack: { Count: > 0 } waiting } boundary)
        {
            boundary.HeldBack = null;
            foreach (var owner in waiting)
            {
                Notify(owner);
            }
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
        if (boundary is not null)
        {
            (boundary.HeldBack ??= []).Add(owner);
        }
        else if (State.HeldBackOwners.Add(owner))
        {
            State.HeldBack.Enqueue(owner);
        }
    }
}
