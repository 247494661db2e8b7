using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Argosy.Engine.Workflows;

/// <summary>The workflow's object has these labels and annotations, besides those it was submitted with.</summary>
public sealed record MetadataStamped(
    [property: JsonPropertyName("l")] IReadOnlyDictionary<string, string> Labels,
    [property: JsonPropertyName("a")] IReadOnlyDictionary<string, string> Annotations) : WorkflowFact;

/// <summary>Where the workflow keeps artifacts that name no place of their own; frozen for the whole run.</summary>
/// <param name="Reference">As it stands in status.artifactRepositoryRef.</param>
public sealed record ArtifactRepositoryChosen([property: JsonPropertyName("r")] JsonObject Reference) : WorkflowFact;

/// <summary>Something is the matter with the workflow beside its phase, as shown in status.conditions.</summary>
public sealed record ConditionRaised(
    [property: JsonPropertyName("c")] ConditionType Type,
    [property: JsonPropertyName("m")] string Message) : WorkflowFact;

/// <summary>What can be the matter with a workflow. <c>PodRunning</c> and <c>Completed</c> follow from its nodes and phase and are no facts.</summary>
public enum ConditionType
{
    SpecWarning,
    SpecError,
    MetricsError,
    ArtifactGCError,
}

/// <summary>The claims of the spec's volumeClaimTemplates exist, or will where the first pod that mounts one runs.</summary>
public sealed record ClaimsMade([property: JsonPropertyName("c")] IReadOnlyList<VolumeClaim> Claims) : WorkflowFact;

/// <param name="Name">The volume's name in the spec.</param>
/// <param name="ClaimName"><c>&lt;workflow&gt;-&lt;name&gt;</c>.</param>
public sealed record VolumeClaim([property: JsonPropertyName("n")] string Name, [property: JsonPropertyName("c")] string ClaimName);

/// <summary>Something is to be cleaned up, from <paramref name="DueAt"/> on, until it is done.</summary>
/// <param name="Node">The node it is about; -1: the whole workflow.</param>
/// <param name="Name">The artifact it is about.</param>
public sealed record ChoreAdded(
    [property: JsonPropertyName("x")] int Number,
    [property: JsonPropertyName("k")] ChoreKind Kind,
    [property: JsonPropertyName("i")] int Node,
    [property: JsonPropertyName("n")] string? Name,
    [property: JsonPropertyName("w")] DateTimeOffset DueAt) : WorkflowFact;

/// <param name="Error">Why it was given up; null: it is done.</param>
public sealed record ChoreDone([property: JsonPropertyName("x")] int Number, [property: JsonPropertyName("e")] string? Error) : WorkflowFact;

public enum ChoreKind
{
    RemovePods,
    DropClaims,
    CollectArtifact,
}

/// <summary>Some output artifact is to be deleted one day: the object is held by a finalizer until then.</summary>
public sealed record CollectionAsked : WorkflowFact;

/// <summary>The workflow has ended with this many artifacts that are to be deleted, now or when it is deleted.</summary>
public sealed record ArtifactsCounted([property: JsonPropertyName("n")] int Count) : WorkflowFact;

/// <summary>All artifacts of this strategy are being deleted.</summary>
public sealed record CollectionBegun([property: JsonPropertyName("s")] CollectionStrategy Strategy) : WorkflowFact;

/// <summary>When an artifact is deleted.</summary>
public enum CollectionStrategy
{
    Never,
    OnWorkflowCompletion,
    OnWorkflowDeletion,
}

/// <summary>The workflow's object has been deleted; only its finalizers hold it.</summary>
public sealed record DeletionNoticed : WorkflowFact;
