using System.Text.Json.Serialization;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>What sets a node apart from a plain member of its template.</summary>
[Flags]
public enum NodeFlags
{
    None = 0,

    /// <summary>A hook's or an exit handler's node.</summary>
    Hooked = 1,

    /// <summary>One attempt below a Retry node.</summary>
    Retried = 2,

    /// <summary>Part of the workflow's exit handler: it runs although the workflow was stopped.</summary>
    OnExit = 4,

    /// <summary>Its standard output is wanted as outputs.result.</summary>
    CaptureResult = 8,

    /// <summary>Part of a step's or task's exit hook: it runs although the workflow was stopped.</summary>
    StepExit = 16,

    /// <summary>What a stop and the workflow's deadline leave alone.</summary>
    Exempt = OnExit | StepExit,
}

/// <summary>One vertex of a workflow's live graph. Only <see cref="WorkflowState"/> changes it, by applying facts.</summary>
public sealed class Node
{
    private List<int>? members;
    private NodeType type;

    /// <summary>Position in order of creation; facts name nodes by it.</summary>
    public required int Index { get; init; }

    public required string Name { get; init; }

    /// <summary>Changes once at most: a node that waited for a lock may start as a Retry node.</summary>
    public required NodeType Type
    {
        get => type;
        init => type = value;
    }

    /// <summary>The node whose evaluation waits for this one; -1: the workflow itself.</summary>
    public required int Owner { get; init; }

    /// <summary>The enclosing Steps or DAG node; -1 at the top.</summary>
    public required int Boundary { get; init; }

    /// <summary>Where <see cref="TemplateName"/> is looked up: empty for the workflow's own spec, else the resource that holds it.</summary>
    public required TemplateScope Scope { get; init; }

    /// <summary>Empty for an inline template, which is found through <see cref="StepName"/>.</summary>
    public required string TemplateName { get; init; }

    /// <summary>The step or task of the boundary's template that this node is a run of.</summary>
    public string? StepName { get; init; }

    /// <summary>Index of the item this node is for, or of the attempt; -1: neither.</summary>
    public int Ordinal { get; init; } = -1;

    public NodeFlags Flags { get; init; }

    public NodeInputs Inputs { get; internal set; } = NodeInputs.None;

    public NodePhase Phase { get; internal set; }

    public string? Message { get; internal set; }

    public NodeOutputs Outputs { get; internal set; } = NodeOutputs.None;

    public DateTimeOffset StartedAt { get; internal set; }

    public DateTimeOffset? FinishedAt { get; internal set; }

    /// <summary>When the node wants to be looked at again: end of a suspension, a deadline, the end of a back-off.</summary>
    public DateTimeOffset? WakeAt { get; internal set; }

    /// <summary>It has not started: it waits for locks or for what a cache says.</summary>
    public bool Waits { get; internal set; }

    /// <summary>When a node that had to wait started; null: it did not have to.</summary>
    public DateTimeOffset? AdmittedAt { get; internal set; }

    /// <summary>Set once its cache was asked.</summary>
    public NodeMemo? Memo { get; internal set; }

    /// <summary>The cluster it was placed in; null while it waits for a place.</summary>
    public string? Cluster { get; internal set; }

    /// <summary>Number of its present pod; grows when one is lost through no fault of the step.</summary>
    public int Attempt { get; internal set; }

    /// <summary>Which of the user's retries this node belongs to.</summary>
    public int Generation { get; internal set; }

    public bool CancelRequested { get; internal set; }

    /// <summary>A daemon that became ready: done for its dependents, though it runs.</summary>
    public bool Daemoned { get; internal set; }

    public string? PodIp { get; internal set; }

    /// <summary>podGC has removed its pod.</summary>
    public bool PodRemoved { get; internal set; }

    public string? HostNodeName { get; internal set; }

    /// <summary>Of a leaf: its own; of a group: the sum of the leaves below it.</summary>
    public Progress Progress { get; internal set; }

    /// <summary>What its pod used, or the pods below it; null: nothing is known of any.</summary>
    public IReadOnlyDictionary<string, long>? ResourcesDuration { get; internal set; }

    /// <summary>How many of the nodes it owns have not ended.</summary>
    public int Open { get; internal set; }

    /// <summary>The nodes it owns, in order of creation: groups of a Steps node, attempts of a Retry node, tasks of a DAG.</summary>
    public IReadOnlyList<int> Members => members ?? [];

    /// <summary>How many Pod, Steps and DAG nodes whose boundary it is have not ended: what its template's parallelism limits.</summary>
    public int ActiveChildren { get; internal set; }

    /// <summary>It failed, and its owner carries on nevertheless.</summary>
    public bool Tolerated { get; internal set; }

    /// <summary>How many of the nodes it owns failed without being allowed to.</summary>
    public int FailedOwned { get; internal set; }

    /// <summary>What evaluation worked out and can work out again; not part of the state.</summary>
    [JsonIgnore]
    internal object? Plan { get; set; }

    /// <summary>Owners inside this boundary that its parallelism stops until one of its children ends.</summary>
    [JsonIgnore]
    internal HeldBackOwners? HeldBack { get; set; }

    /// <summary>Members with a hook that is due and could not be made yet; worked out anew after a restart.</summary>
    [JsonIgnore]
    internal HashSet<int>? WithWaitingHook { get; set; }

    [JsonIgnore]
    internal Template? Template { get; set; }

    /// <summary>What was recorded of it in another life; null: it is of this life alone.</summary>
    [JsonIgnore]
    internal RecordedNode? Recorded { get; init; }

    /// <summary>Worked out from its name once, when it comes into the table: which ids are taken changes later.</summary>
    [JsonIgnore]
    internal string? Id { get; set; }

    internal void Become(NodeType other) => type = other;

    internal void Own(int member) => (members ??= []).Add(member);

    internal void Disown(IReadOnlySet<int> gone) => members?.RemoveAll(gone.Contains);

    public bool Is(NodeFlags flag) => (Flags & flag) != 0;

    /// <summary>Whether its owner need not wait for it any more.</summary>
    public bool IsFulfilled => Phase.IsEnd() || (Daemoned && Phase != NodePhase.Pending);

    /// <summary>Whether it failed and its owner must not carry on.</summary>
    public bool IsFatal => Phase.IsFailure() && !Tolerated;

    /// <summary>Whether an agent runs it.</summary>
    public bool IsPod => Type == NodeType.Pod || Type == NodeType.HTTP || Type == NodeType.Plugin;
}

/// <summary>Where a template's name is looked up.</summary>
/// <param name="Holder">Null: the workflow's own spec; else the resource that holds the template.</param>
public readonly record struct TemplateScope([property: JsonPropertyName("h")] ResourceRef? Holder)
{
    public static readonly TemplateScope Local = new(null);

    /// <summary>As it stands in a node's templateScope.</summary>
    public string Text(string workflow) => Holder switch
    {
        null => $"local/{workflow}",
        { Kind: ResourceRefKind.ClusterWorkflowTemplate } holder => $"cluster/{holder.Name}",
        { } holder => $"namespaced/{holder.Name}",
    };
}
