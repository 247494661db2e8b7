using System.Text.Json;
using System.Text.Json.Serialization;

namespace Argosy.ClusterAgent.Executors;

/// <summary>What the executor is to do inside one pod. It reads the same record in its room <c>Plans</c>; the two know nothing else of each other.</summary>
public sealed record ExecutorPlan
{
    /// <summary>Where the agent may be reached, the likeliest first: <c>http://ADDRESS:PORT</c>, or <c>gateway:PORT</c> for the pod's default gateway.</summary>
    public IReadOnlyList<string> AgentUrls { get; init; } = [];

    /// <summary>Seconds between a signal to end and SIGKILL.</summary>
    public int GraceSeconds { get; init; } = 30;

    /// <summary>The most bytes of a termination message that the kubelet shows: the containers of a pod share what there is.</summary>
    public int MessageBytes { get; init; } = 4096;

    /// <summary>The source of a script template.</summary>
    public string? Script { get; init; }

    public IReadOnlyList<InputPlan> Inputs { get; init; } = [];

    public IReadOnlyList<ParameterPlan> Parameters { get; init; } = [];

    public IReadOnlyList<OutputPlan> Artifacts { get; init; } = [];

    /// <summary>Whether the standard output of <see cref="OutputsOf"/> is the node's result.</summary>
    public bool CaptureResult { get; init; }

    /// <summary>The container that outputs are taken from when its command has ended.</summary>
    public string OutputsOf { get; init; } = "main";

    /// <summary>The wrapped containers by name.</summary>
    public IReadOnlyDictionary<string, ContainerPlan> Containers { get; init; } = new Dictionary<string, ContainerPlan>();

    /// <summary>As the executor reads it.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, PlanJson.Default.ExecutorPlan);
}

/// <summary>An input artifact.</summary>
public sealed record InputPlan
{
    public required string Name { get; init; }

    /// <summary>Where the step sees it; for people.</summary>
    public string Path { get; init; } = "";

    /// <summary>Where the init container puts it.</summary>
    public required string Target { get; init; }

    /// <summary><c>tar</c>, <c>none</c> or <c>zip</c>; empty to tell by the content.</summary>
    public string Archive { get; init; } = "";

    /// <summary>Permission bits, -1 to leave them as they are.</summary>
    public int Mode { get; init; } = -1;

    public bool RecurseMode { get; init; }

    /// <summary>Only this part of the artifact, a file or folder below its top.</summary>
    public string SubPath { get; init; } = "";

    public bool Optional { get; init; }

    /// <summary>sha256 of the stored bytes in lower-case hex, where known.</summary>
    public string Digest { get; init; } = "";
}

/// <summary>An output parameter: the content of a file.</summary>
public sealed record ParameterPlan
{
    public required string Name { get; init; }

    public required string Path { get; init; }

    public bool HasDefault { get; init; }

    public string Default { get; init; } = "";
}

/// <summary>An output artifact: a file or folder.</summary>
public sealed record OutputPlan
{
    public required string Name { get; init; }

    public required string Path { get; init; }

    /// <summary><c>tar</c>, <c>none</c> or <c>zip</c>.</summary>
    public string Archive { get; init; } = "tar";

    public int CompressionLevel { get; init; } = -1;

    public bool Optional { get; init; }
}

public enum ContainerRole
{
    /// <summary>The container of the step's own command.</summary>
    Main,

    /// <summary>One of a container set.</summary>
    Set,

    /// <summary>Ends, as a success, when all main and set containers have.</summary>
    Sidecar,
}

public sealed record ContainerPlan
{
    public ContainerRole Role { get; init; }

    /// <summary>Containers that must have ended well before this one starts.</summary>
    public IReadOnlyList<string> Dependencies { get; init; } = [];

    /// <summary>How often a command that fails is started again.</summary>
    public int Retries { get; init; }

    /// <summary>Milliseconds before each retry.</summary>
    public long RetryPauseMilliseconds { get; init; }
}

/// <summary>How plans are spelled; generated, for the agent's program has no reflection to do it with.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ExecutorPlan))]
internal sealed partial class PlanJson : JsonSerializerContext;
