using Argosy.ClusterAgent.Embedded.Attempts;
using Argosy.ClusterAgent.Embedded.Transfers;
using Argosy.Contracts.Agents;
using Google.Protobuf.WellKnownTypes;

namespace Argosy.ClusterAgent.Embedded.Runs;

/// <summary>What has been seen of a pod so far; every report is made of it and holds all of it.</summary>
internal sealed class PodStatus(AttemptKey key)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ContainerReport> _containers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ContainerExit> _exits = new(StringComparer.Ordinal);
    private DateTimeOffset? _started;
    private string _progress = "";
    private bool _ready;

    public IReadOnlyDictionary<string, ContainerExit> Exits
    {
        get
        {
            lock (_gate)
            {
                return new Dictionary<string, ContainerExit>(_exits);
            }
        }
    }

    public void Started(DateTimeOffset at)
    {
        lock (_gate)
        {
            _started = at;
        }
    }

    public void ContainerStarted(string name, DateTimeOffset at)
    {
        lock (_gate)
        {
            _containers[name] = new ContainerReport { Name = name, Phase = PodPhase.PodRunning, Started = Timestamp.FromDateTimeOffset(at) };
            _exits.Remove(name);
        }
    }

    public void ContainerEnded(string name, ContainerExit exit)
    {
        lock (_gate)
        {
            _exits[name] = exit;
            if (!_containers.TryGetValue(name, out var container))
            {
                container = new ContainerReport { Name = name };
                _containers[name] = container;
            }

            container.Phase = exit.Code == 0 ? PodPhase.PodSucceeded : PodPhase.PodFailed;
            container.Message = exit.Code == 0 ? "" : PodOutcome.Describe(name, exit);
            container.HasExitCode = true;
            container.ExitCode = exit.Code;
            container.Finished = Timestamp.FromDateTimeOffset(exit.At);
        }
    }

    public void Ready()
    {
        lock (_gate)
        {
            _ready = true;
        }
    }

    /// <summary>Takes what the progress file says; false if that is nothing new.</summary>
    public bool Progressed(string progress)
    {
        lock (_gate)
        {
            if (progress == _progress)
            {
                return false;
            }

            _progress = progress;
            return true;
        }
    }

    public NodeReport Pending(string message) => Report(PodPhase.PodPending, message);

    public NodeReport Running() => Report(PodPhase.PodRunning, "");

    public NodeReport Final(PodOutcome outcome, CollectedOutputs? outputs, DateTimeOffset now)
    {
        var report = Report(outcome.Phase, outcome.Message);
        report.Ready = false;
        report.Finished = Timestamp.FromDateTimeOffset(now);
        report.HasExitCode = outcome.ExitCode is not null;
        report.ExitCode = outcome.ExitCode ?? 0;
        if (outputs is not null)
        {
            report.HasResult = outputs.Result is not null;
            report.Result = outputs.Result ?? "";
            report.Parameters.Add(new Dictionary<string, string>(outputs.Parameters));
            report.Artifacts.Add(outputs.Artifacts);
        }

        return report;
    }

    private NodeReport Report(PodPhase phase, string message)
    {
        lock (_gate)
        {
            var report = new NodeReport
            {
                Key = key,
                Phase = phase,
                Message = message,
                Ready = _ready,
                PodIp = _started is null ? "" : "127.0.0.1",
                Host = Environment.MachineName,
                Started = _started is { } started ? Timestamp.FromDateTimeOffset(started) : null,
                Progress = _progress,
            };
            report.Containers.Add(_containers.Values.Select(container => container.Clone()));
            return report;
        }
    }
}
