using System.Text.Json.Nodes;

namespace Argosy.Engine.Workflows;

/// <summary>Something that happened and that a workflow has to decide about.</summary>
public abstract record WorkflowInput;

public sealed record Submitted(JsonObject Manifest) : WorkflowInput;

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

/// <param name="Selector">Only the suspended nodes it matches; null: the whole workflow.</param>
public sealed record ResumeAsked(NodeFieldSelector? Selector) : WorkflowInput;

/// <param name="Selector">Only the suspended nodes it matches are failed; null: the whole workflow is brought to an end.</param>
public sealed record ShutdownAsked(ShutdownStrategy Strategy, NodeFieldSelector? Selector, string? Message) : WorkflowInput;

public sealed record SetAsked(
    NodeFieldSelector Selector, NodePhase? Phase, string? Message, IReadOnlyList<ParameterValue> OutputParameters) : WorkflowInput;

public sealed record RetryAsked(bool RestartSuccessful, NodeFieldSelector? Selector, IReadOnlyList<ParameterValue> Parameters) : WorkflowInput;

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

    public IReadOnlyList<ContainerStatus> Containers { get; init; } = [];
}

/// <summary>What an HTTP server answered, but for its body.</summary>
public sealed record HttpAnswer(int StatusCode, IReadOnlyDictionary<string, IReadOnlyList<string>> Headers);

public sealed record ContainerStatus(string Name, PodPhase Phase, string? Message);
