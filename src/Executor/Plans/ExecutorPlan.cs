using Argosy.Executor.Outputs;

namespace Argosy.Executor.Plans;

/// <summary>What the agent wants done inside one pod; it writes the same record in its room <c>Executors</c>.</summary>
/// <remarks>Properties with a default are settable: generated JSON code gives an <c>init</c> property that is absent no value, not its default.</remarks>
internal sealed record ExecutorPlan
{
    /// <summary>Where the agent may be reached, the likeliest first: <c>http://ADDRESS:PORT</c>, or <c>gateway:PORT</c> for the pod's default gateway.</summary>
    public IReadOnlyList<string> AgentUrls { get; set; } = [];

    /// <summary>Seconds between a signal to end and SIGKILL.</summary>
    public int GraceSeconds { get; set; } = 30;

    /// <summary>The most bytes of a termination message that the kubelet shows: the containers of a pod share what there is.</summary>
    public int MessageBytes { get; set; } = TerminationMessageFile.MostBytes;

    /// <summary>The source of a script template.</summary>
    public string? Script { get; set; }

    public IReadOnlyList<InputPlan> Inputs { get; set; } = [];

    public IReadOnlyList<ParameterPlan> Parameters { get; set; } = [];

    public IReadOnlyList<OutputPlan> Artifacts { get; set; } = [];

    /// <summary>Whether the standard output of <see cref="OutputsOf"/> is the node's result.</summary>
    public bool CaptureResult { get; set; }

    /// <summary>The container that outputs are taken from when its command has ended.</summary>
    public string OutputsOf { get; set; } = "main";

    /// <summary>The wrapped containers by name.</summary>
    public IReadOnlyDictionary<string, ContainerPlan> Containers { get; set; } = new Dictionary<string, ContainerPlan>();
}

/// <summary>An input artifact.</summary>
internal sealed record InputPlan
{
    public required string Name { get; init; }

    /// <summary>Where the step sees it; for people.</summary>
    public string Path { get; set; } = "";

    /// <summary>Where the init container puts it.</summary>
    public required string Target { get; init; }

    /// <summary><c>tar</c>, <c>none</c> or <c>zip</c>; empty to tell by the content.</summary>
    public string Archive { get; set; } = "";

    /// <summary>Permission bits, -1 to leave them as they are.</summary>
    public int Mode { get; set; } = -1;

    public bool RecurseMode { get; set; }

    /// <summary>Only this part of the artifact, a file or folder below its top.</summary>
    public string SubPath { get; set; } = "";

    public bool Optional { get; set; }

    /// <summary>sha256 of the stored bytes in lower-case hex, where known.</summary>
    public string Digest { get; set; } = "";
}

/// <summary>An output parameter: the content of a file.</summary>
internal sealed record ParameterPlan
{
    public required string Name { get; init; }

    public required string Path { get; init; }

    public bool HasDefault { get; set; }

    public string Default { get; set; } = "";
}

/// <summary>An output artifact: a file or folder.</summary>
internal sealed record OutputPlan
{
    public required string Name { get; init; }

    public required string Path { get; init; }

    /// <summary><c>tar</c>, <c>none</c> or <c>zip</c>.</summary>
    public string Archive { get; set; } = "tar";

    public int CompressionLevel { get; set; } = -1;

    public bool Optional { get; set; }
}

internal enum ContainerRole
{
    /// <summary>The container of the step's own command.</summary>
    Main,

    /// <summary>One of a container set.</summary>
    Set,

    /// <summary>Ends, as a success, when all main and set containers have.</summary>
    Sidecar,
}

internal sealed record ContainerPlan
{
    public ContainerRole Role { get; set; }

    /// <summary>Containers that must have ended well before this one starts.</summary>
    public IReadOnlyList<string> Dependencies { get; set; } = [];

    /// <summary>How often a command that fails is started again.</summary>
    public int Retries { get; set; }

    /// <summary>Milliseconds before each retry.</summary>
    public long RetryPauseMilliseconds { get; set; }
}
