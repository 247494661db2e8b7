using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Argosy.Engine.Synchronization;

namespace Argosy.Engine.Workflows;

/// <summary>
/// Something that is true of one workflow from now on. The journal keeps facts; replaying them in order gives the state.
/// A fact's JSON is kept for ever: fields are added, never renamed.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "$")]
[JsonDerivedType(typeof(WorkflowAccepted), "accepted")]
[JsonDerivedType(typeof(ResourceRequested), "want")]
[JsonDerivedType(typeof(ResourceRead), "read")]
[JsonDerivedType(typeof(WorkflowPhaseChanged), "phase")]
[JsonDerivedType(typeof(NodeCreated), "node")]
[JsonDerivedType(typeof(NodePhaseChanged), "to")]
[JsonDerivedType(typeof(NodeEnded), "end")]
[JsonDerivedType(typeof(NodePlaced), "placed")]
[JsonDerivedType(typeof(NodeStarted), "started")]
[JsonDerivedType(typeof(NodeDaemoned), "daemon")]
[JsonDerivedType(typeof(NodeAttemptLost), "lost")]
[JsonDerivedType(typeof(NodeCancelRequested), "cancel")]
[JsonDerivedType(typeof(NodeOutputsSet), "outputs")]
[JsonDerivedType(typeof(NodeProgressed), "progress")]
[JsonDerivedType(typeof(GlobalOutputSet), "global")]
[JsonDerivedType(typeof(SuspensionChanged), "suspended")]
[JsonDerivedType(typeof(ShutdownRequested), "shutdown")]
[JsonDerivedType(typeof(DeadlineChanged), "deadline")]
[JsonDerivedType(typeof(DeadlineExceeded), "expired")]
[JsonDerivedType(typeof(WorkflowRetried), "retried")]
[JsonDerivedType(typeof(WorkflowPostponed), "postponed")]
[JsonDerivedType(typeof(LocksAsked), "lock")]
[JsonDerivedType(typeof(LocksAwaited), "queued")]
[JsonDerivedType(typeof(LocksHeld), "held")]
[JsonDerivedType(typeof(LocksGivenUp), "unlock")]
[JsonDerivedType(typeof(NodeMemoized), "memo")]
[JsonDerivedType(typeof(NodeAdmitted), "go")]
[JsonDerivedType(typeof(RunAdopted), "run")]
[JsonDerivedType(typeof(NodeAdopted), "adopt")]
[JsonDerivedType(typeof(NodeInputsSet), "inputs")]
[JsonDerivedType(typeof(MetadataStamped), "stamp")]
[JsonDerivedType(typeof(ArtifactRepositoryChosen), "repo")]
[JsonDerivedType(typeof(ConditionRaised), "cond")]
[JsonDerivedType(typeof(ClaimsMade), "claims")]
[JsonDerivedType(typeof(ChoreAdded), "chore")]
[JsonDerivedType(typeof(ChoreDone), "done")]
[JsonDerivedType(typeof(CollectionAsked), "collects")]
[JsonDerivedType(typeof(ArtifactsCounted), "counted")]
[JsonDerivedType(typeof(CollectionBegun), "collect")]
[JsonDerivedType(typeof(DeletionNoticed), "deleted")]
public abstract record WorkflowFact;

/// <param name="Manifest">The whole object as it was submitted (metadata and spec).</param>
/// <param name="Hub">What the hub added to it; null: nothing.</param>
public sealed record WorkflowAccepted(JsonObject Manifest, DateTimeOffset At, HubSettings? Hub = null) : WorkflowFact;

public sealed record ResourceRequested(ResourceRef Resource) : WorkflowFact;

/// <param name="Content">A ConfigMap's data or a template's spec; null: there is no such object.</param>
public sealed record ResourceRead(ResourceRef Resource, JsonObject? Content) : WorkflowFact;

public sealed record WorkflowPhaseChanged(WorkflowPhase Phase, string? Message, DateTimeOffset At) : WorkflowFact;

public sealed record NodeCreated(
    [property: JsonPropertyName("n")] string Name,
    [property: JsonPropertyName("t")] NodeType Type,
    [property: JsonPropertyName("ph")] NodePhase Phase,
    [property: JsonPropertyName("o")] int Owner,
    [property: JsonPropertyName("b")] int Boundary,
    [property: JsonPropertyName("tn")] string TemplateName,
    [property: JsonPropertyName("at")] DateTimeOffset At) : WorkflowFact
{
    [JsonPropertyName("sc")]
    public TemplateScope Scope { get; init; }

    [JsonPropertyName("st")]
    public string? StepName { get; init; }

    [JsonPropertyName("i")]
    public int Ordinal { get; init; } = -1;

    [JsonPropertyName("f")]
    public NodeFlags Flags { get; init; }

    [JsonPropertyName("in")]
    public NodeInputs? Inputs { get; init; }

    [JsonPropertyName("m")]
    public string? Message { get; init; }

    [JsonPropertyName("w")]
    public DateTimeOffset? WakeAt { get; init; }

    /// <summary>It has not started: it waits for locks or for what a cache says.</summary>
    [JsonPropertyName("wt")]
    public bool Waits { get; init; }

    /// <summary>Whether the owner carries on although the node failed before it began.</summary>
    [JsonPropertyName("ok")]
    public bool Tolerated { get; init; }
}

public sealed record NodePhaseChanged(
    [property: JsonPropertyName("i")] int Node,
    [property: JsonPropertyName("ph")] NodePhase Phase,
    [property: JsonPropertyName("m")] string? Message,
    [property: JsonPropertyName("w")] DateTimeOffset? WakeAt) : WorkflowFact;

public sealed record NodeEnded(
    [property: JsonPropertyName("i")] int Node,
    [property: JsonPropertyName("ph")] NodePhase Phase,
    [property: JsonPropertyName("at")] DateTimeOffset At) : WorkflowFact
{
    [JsonPropertyName("m")]
    public string? Message { get; init; }

    [JsonPropertyName("out")]
    public NodeOutputs? Outputs { get; init; }

    /// <summary>Whether the owner carries on although the node failed.</summary>
    [JsonPropertyName("ok")]
    public bool Tolerated { get; init; }

    /// <summary>What its pod used.</summary>
    [JsonPropertyName("use")]
    public IReadOnlyDictionary<string, long>? Used { get; init; }
}

public sealed record NodePlaced(
    [property: JsonPropertyName("i")] int Node,
    [property: JsonPropertyName("c")] string Cluster) : WorkflowFact
{
    /// <summary>Claims that the pod is the first of its workflow to mount; from now on they live in its cluster.</summary>
    [JsonPropertyName("pvc")]
    public IReadOnlyList<string>? Claims { get; init; }
}

public sealed record NodeStarted(
    [property: JsonPropertyName("i")] int Node,
    [property: JsonPropertyName("h")] string? Host,
    [property: JsonPropertyName("m")] string? Message) : WorkflowFact;

public sealed record NodeDaemoned(
    [property: JsonPropertyName("i")] int Node,
    [property: JsonPropertyName("ip")] string PodIp) : WorkflowFact;

public sealed record NodeAttemptLost(
    [property: JsonPropertyName("i")] int Node,
    [property: JsonPropertyName("m")] string Message) : WorkflowFact;

public sealed record NodeCancelRequested([property: JsonPropertyName("i")] int Node) : WorkflowFact;

public sealed record NodeOutputsSet(
    [property: JsonPropertyName("i")] int Node,
    [property: JsonPropertyName("out")] NodeOutputs Outputs) : WorkflowFact;

public sealed record NodeProgressed(
    [property: JsonPropertyName("i")] int Node,
    [property: JsonPropertyName("p")] string Progress) : WorkflowFact;

public sealed record GlobalOutputSet(ParameterValue? Parameter, ArtifactValue? Artifact) : WorkflowFact;

public sealed record SuspensionChanged(bool Suspended) : WorkflowFact;

public sealed record ShutdownRequested(ShutdownStrategy Strategy) : WorkflowFact;

/// <summary>The workflow may not run yet because too many others do; or may by now.</summary>
public sealed record WorkflowPostponed(bool Postponed, DateTimeOffset At) : WorkflowFact;

/// <param name="Node">-1: the workflow as a whole.</param>
public sealed record LocksAsked(
    [property: JsonPropertyName("t")] long Ticket,
    [property: JsonPropertyName("i")] int Node,
    [property: JsonPropertyName("l")] IReadOnlyList<LockName> Locks) : WorkflowFact;

/// <param name="Lock">The lock it waits for, by upstream's key.</param>
/// <param name="Holders">Who holds each of the claim's locks, in the claim's order.</param>
public sealed record LocksAwaited(
    [property: JsonPropertyName("t")] long Ticket,
    [property: JsonPropertyName("m")] string Message,
    [property: JsonPropertyName("l")] string Lock,
    [property: JsonPropertyName("h")] IReadOnlyList<IReadOnlyList<string>> Holders) : WorkflowFact;

public sealed record LocksHeld([property: JsonPropertyName("t")] long Ticket) : WorkflowFact;

public sealed record LocksGivenUp([property: JsonPropertyName("t")] long Ticket) : WorkflowFact;

public sealed record NodeMemoized(
    [property: JsonPropertyName("i")] int Node,
    [property: JsonPropertyName("k")] string Key,
    [property: JsonPropertyName("c")] string Cache,
    [property: JsonPropertyName("hit")] bool Hit) : WorkflowFact;

/// <summary>A node that waited starts.</summary>
/// <param name="Type">What it is from now on: one with a retry strategy becomes a Retry node.</param>
public sealed record NodeAdmitted(
    [property: JsonPropertyName("i")] int Node,
    [property: JsonPropertyName("t")] NodeType Type,
    [property: JsonPropertyName("ph")] NodePhase Phase,
    [property: JsonPropertyName("at")] DateTimeOffset At,
    [property: JsonPropertyName("w")] DateTimeOffset? WakeAt) : WorkflowFact;

public sealed record DeadlineChanged(long? Seconds) : WorkflowFact;

public sealed record DeadlineExceeded : WorkflowFact;

/// <summary>The user asked to try the workflow again: some nodes are forgotten, some groups run again.</summary>
public sealed record WorkflowRetried(
    IReadOnlyList<int> Removed, IReadOnlyList<int> Reopened, IReadOnlyList<ParameterValue> Parameters, DateTimeOffset At) : WorkflowFact;

/// <summary>The workflow came with a status: it had a life before, elsewhere.</summary>
/// <param name="Status">The recorded status without its nodes.</param>
/// <param name="Loose">Entries of its nodes that are none (a result without a node); only carried.</param>
public sealed record RunAdopted(JsonObject Status, JsonObject? Loose) : WorkflowFact;

/// <summary>A recorded node became a node of this workflow.</summary>
/// <param name="Recorded">All that was recorded of it: its phase, times, inputs and outputs are read from here.</param>
public sealed record NodeAdopted(
    [property: JsonPropertyName("n")] string Name,
    [property: JsonPropertyName("t")] NodeType Type,
    [property: JsonPropertyName("o")] int Owner,
    [property: JsonPropertyName("b")] int Boundary,
    [property: JsonPropertyName("r")] JsonObject Recorded) : WorkflowFact
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("tn")]
    public string? TemplateName { get; init; }

    [JsonPropertyName("sc")]
    public TemplateScope Scope { get; init; }

    [JsonPropertyName("st")]
    public string? StepName { get; init; }

    [JsonPropertyName("i")]
    public int Ordinal { get; init; }

    [JsonPropertyName("f")]
    public NodeFlags Flags { get; init; }

    [JsonPropertyName("ok")]
    public bool Tolerated { get; init; }
}

/// <summary>A node that a retry kept is given what it would be given now, with the retry's parameters.</summary>
public sealed record NodeInputsSet(
    [property: JsonPropertyName("i")] int Node,
    [property: JsonPropertyName("in")] NodeInputs Inputs) : WorkflowFact;

/// <summary>How a workflow is brought to an early end: Stop runs exit handlers, Terminate does not.</summary>
public enum ShutdownStrategy
{
    None,
    Stop,
    Terminate,
}
