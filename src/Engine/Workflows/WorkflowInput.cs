using System.Text.Json.Nodes;

namespace Argosy.Engine.Workflows;

/// <summary>Something that happened and that a workflow has to decide about.</summary>
public abstract record WorkflowInput;

/// <param name="Hub">What the hub adds to every workflow.</param>
public sealed record Submitted(JsonObject Manifest, HubSettings? Hub = null) : WorkflowInput
{
    /// <summary>Too many workflows run: it is Pending until <see cref="Admitted"/>.</summary>
    public bool Postponed { get; init; }
}

/// <summary>A postponed workflow may run now.</summary>
public sealed record Admitted : WorkflowInput;

/// <summary>An answer to <see cref="AskLocks"/>: all locks of the claim are held.</summary>
public sealed record LocksGranted(long Ticket) : WorkflowInput;

/// <summary>An answer to <see cref="AskLocks"/>: the claim waits in line.</summary>
/// <param name="Lock">The lock it waits for, by upstream's key.</param>
/// <param name="Holders">Who holds each of the claim's locks, in the claim's order.</param>
public sealed record LocksQueued(long Ticket, string Message, string Lock, IReadOnlyList<IReadOnlyList<string>> Holders) : WorkflowInput;

/// <summary>An answer to <see cref="AskLocks"/>: it can never be, for instance because nobody knows the semaphore's limit.</summary>
public sealed record LocksRefused(long Ticket, string Message) : WorkflowInput;

/// <summary>The answer to <see cref="ReadCache"/>.</summary>
/// <param name="Entry">The entry's JSON text; null: there is none.</param>
/// <param name="Error">Why the cache cannot be used at all.</param>
public sealed record CacheAnswered(int Node, string? Entry, string? Error) : WorkflowInput;

/// <summary>The state was loaded again: look at everything that is under way.</summary>
public sealed record Recovered : WorkflowInput;

/// <summary>The answer to <see cref="ReadResource"/>.</summary>
public sealed record ResourceAnswered(ResourceRef Resource, JsonObject? Content) : WorkflowInput;

/// <summary>The answer to <see cref="PlaceNode"/>: a cluster, or why there is none.</summary>
public sealed record PlacementAnswered(int Node, string? Cluster, string? WhyNot) : WorkflowInput;

/// <summary>An agent says how a node's pod is.</summary>
public sealed record NodeReported(string NodeId, int Generation, int Attempt, PodStatus Status) : WorkflowInput;

public sealed record TimePassed : WorkflowInput;

public sealed record SuspendAsked : WorkflowInput;

/// <summary>Somebody took <c>spec.suspend</c> back by hand: unlike resuming, this leaves Suspend nodes alone.</summary>
public sealed record SuspensionLifted : WorkflowInput;

/// <param name="Selector">Only the suspended nodes it matches; null: the whole workflow.</param>
public sealed record ResumeAsked(NodeFieldSelector? Selector) : WorkflowInput;

/// <param name="Selector">Only the suspended nodes it matches are failed; null: the whole workflow is brought to an end.</param>
public sealed record ShutdownAsked(ShutdownStrategy Strategy, NodeFieldSelector? Selector, string? Message) : WorkflowInput;

public sealed record SetAsked(
    NodeFieldSelector Selector, NodePhase? Phase, string? Message, IReadOnlyList<ParameterValue> OutputParameters) : WorkflowInput;

public sealed record RetryAsked(bool RestartSuccessful, NodeFieldSelector? Selector, IReadOnlyList<ParameterValue> Parameters) : WorkflowInput
{
    /// <summary>Too many workflows run: it is Pending until <see cref="Admitted"/>.</summary>
    public bool Postponed { get; init; }
}

/// <summary>The workflow's object was deleted; a finalizer holds it.</summary>
public sealed record DeletionSeen : WorkflowInput;

/// <summary>What became of <see cref="DoChore"/>.</summary>
public sealed record ChoreAnswered(int Number, ChoreOutcome Outcome, string? Error = null) : WorkflowInput;

public enum ChoreOutcome
{
    Done,

    /// <summary>It cannot be done now, such as in a cluster that is away; it is ordered again.</summary>
    Later,

    /// <summary>It is tried a few times more, and then given up.</summary>
    Failed,
}

public sealed record DeadlineAsked(long? Seconds) : WorkflowInput;

/// <summary>A pod as its agent sees it.</summary>
public enum PodPhase
{
    Pending,
    Running,
    Succeeded,
    Failed,

    /// <summary>Something around the user's command failed.</summary>
    Error,

    /// <summary>It vanished through no fault of the step and left nothing behind.</summary>
    Lost,
}

public sealed record PodStatus(PodPhase Phase)
{
    public string? Message { get; init; }

    /// <summary>Every container is ready: what makes a daemon count as done.</summary>
    public bool Ready { get; init; }

    public string? PodIp { get; init; }

    public string? Host { get; init; }

    public string? Progress { get; init; }

    public NodeOutputs Outputs { get; init; } = NodeOutputs.None;

    /// <summary>Of an HTTP node: the answer, whose body is the outputs' result.</summary>
    public HttpAnswer? Http { get; init; }

    /// <summary>Of a data template: what its source lists, as paths below its location's key.</summary>
    public IReadOnlyList<string>? Files { get; init; }

    /// <summary>Of a resource template: the object it made, changed or looked at; null where there is none any more.</summary>
    public JsonObject? Resource { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public IReadOnlyList<ContainerStatus> Containers { get; init; } = [];
}

/// <summary>What an HTTP server answered, but for its body.</summary>
public sealed record HttpAnswer(int StatusCode, IReadOnlyDictionary<string, IReadOnlyList<string>> Headers);

public sealed record ContainerStatus(string Name, PodPhase Phase, string? Message)
{
    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }
}
