using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Executors;
using Argosy.Contracts.Agents;
using Google.Protobuf.WellKnownTypes;

namespace Argosy.ClusterAgent.Kubernetes.Pods;

/// <summary>The containers of a pod as its status tells of them.</summary>
internal sealed class ContainerStatuses
{
    private readonly HashSet<string> _mainNames;

    public ContainerStatuses(JsonObject pod)
    {
        _mainNames = [.. (pod.Annotation(PodMarks.Mains) ?? "main").Split(',')];
        Init = [.. pod.Items("status", "initContainerStatuses").Select(status => new ContainerStatus(status))];
        var containers = pod.Items("status", "containerStatuses").Select(status => new ContainerStatus(status)).ToList();
        Mains = containers.FindAll(container => _mainNames.Contains(container.Name));
        Others = containers.FindAll(container => !_mainNames.Contains(container.Name));
    }

    public IReadOnlyList<ContainerStatus> Init { get; }

    /// <summary>Those whose end is the end of the work.</summary>
    public IReadOnlyList<ContainerStatus> Mains { get; }

    public IReadOnlyList<ContainerStatus> Others { get; }

    public IEnumerable<ContainerStatus> All => Init.Concat(Mains).Concat(Others);

    /// <summary>The container whose exit code and outputs are the node's: the one of that name, or the only one.</summary>
    public ContainerStatus? Main => Mains.FirstOrDefault(main => main.Name == "main") ?? (Mains.Count == 1 ? Mains[0] : null);

    /// <summary>What the executor left: in a set, the container named main.</summary>
    public TerminationMessage? Left => Main?.Left;

    public bool MainsAreOver => Mains.Count == _mainNames.Count && Mains.All(main => main.ExitCode is not null);

    public bool MainsRun => Mains.Any(main => main.Runs);

    public bool OthersRun => Others.Any(other => other.Runs || other.WaitsFor is not null);

    public bool AnyRuns => All.Any(container => container.Runs);

    public bool AllReady => Mains.Count == _mainNames.Count && Mains.Concat(Others).All(container => container.IsReady);

    public IReadOnlyList<ContainerReport> Reports() => [.. Mains.Concat(Others).Where(container => container.HasStarted).Select(container => container.Report())];
}

/// <summary>One container's status.</summary>
internal sealed class ContainerStatus(JsonObject status)
{
    public string Name => status.Text("name") ?? "";

    public bool IsReady => status.Text("ready") == "true";

    public bool Runs => status["state"]?["running"] is not null;

    public bool HasStarted => Runs || ExitCode is not null;

    /// <summary>Null until it ended.</summary>
    public int? ExitCode => status.Number("state", "terminated", "exitCode");

    public DateTimeOffset? StartedAt => status.Time("state", "terminated", "startedAt") ?? status.Time("state", "running", "startedAt");

    public DateTimeOffset? FinishedAt => status.Time("state", "terminated", "finishedAt");

    /// <summary>Why it has not started; null once it has.</summary>
    public string? WaitsFor => status["state"]?["waiting"] is not JsonObject waiting ? null
        : waiting.Text("message") is { Length: > 0 } message ? $"{waiting.Text("reason")}: {message}"
        : waiting.Text("reason");

    /// <summary>Null when the executor did not write it.</summary>
    public TerminationMessage? Left => TerminationMessage.Read(status.Text("state", "terminated", "message"));

    /// <summary>How it ended, in upstream's words: <c>main: Error (exit code 1)</c>.</summary>
    public string Describe()
    {
        var said = Left is null ? status.Text("state", "terminated", "message")?.Trim() : null;
        return $"{Name}: {status.Text("state", "terminated", "reason") ?? "Error"} (exit code {ExitCode}){(said is { Length: > 0 } ? $": {said}" : "")}";
    }

    public ContainerReport Report()
    {
        var report = new ContainerReport
        {
            Name = Name,
            Phase = ExitCode switch { null => PodPhase.PodRunning, 0 => PodPhase.PodSucceeded, _ => PodPhase.PodFailed },
            HasExitCode = ExitCode is not null,
            ExitCode = ExitCode ?? 0,
            Message = ExitCode is null or 0 ? "" : Describe(),
        };
        if (StartedAt is { } started)
        {
            report.Started = Timestamp.FromDateTimeOffset(started);
        }

        if (FinishedAt is { } finished)
        {
            report.Finished = Timestamp.FromDateTimeOffset(finished);
        }

        return report;
    }
}
