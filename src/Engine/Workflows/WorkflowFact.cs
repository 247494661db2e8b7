using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

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
[JsonDerivedType(typeof(MetadataStamped), "stamp")]
[JsonDerivedType(typeof(ArtifactRepositoryChosen), "repo")]
[JsonDerivedType(typeof(ConditionRaised), "cond")]
[JsonDerivedType(typeof(ClaimsMade), "claims")]
[JsonDerivedType(typeof(ClaimsBound), "bound")]
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
    [property: JsonPropertyName("c")] string Cluster) : WorkflowFact;

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

public sealed record DeadlineChanged(long? Seconds) : WorkflowFact;

public sealed record DeadlineExceeded : WorkflowFact;

/// <summary>The user asked to try the workflow again: some nodes are forgotten, some groups run again.</summary>
public sealed record WorkflowRetried(
    IReadOnlyList<int> Removed, IReadOnlyList<int> Reopened, IReadOnlyList<ParameterValue> Parameters, DateTimeOffset At) : WorkflowFact;

/// <summary>How a workflow is brought to an early end: Stop runs exit handlers, Terminate does not.</summary>
public enum ShutdownStrategy
{
    None,
    Stop,
    Terminate,
}
