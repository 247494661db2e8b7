using Argosy.ClusterAgent.Embedded.Attempts;
using Argosy.ClusterAgent.Embedded.Logs;
using Argosy.ClusterAgent.Pods;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Embedded.Runs;

/// <summary>One attempt that the cluster holds: what it last said, and how to end it.</summary>
internal sealed class PodAttempt(AttemptFolder folder, PodIntent intent, PodLogs logs, IReportSink reports)
{
    private readonly Lock _gate = new();
    private NodeReport? _last;

    public PodIntent Intent { get; } = intent;

    public AttemptFolder Folder { get; } = folder;

    public PodLogs Logs { get; } = logs;

    public PodStop Stop { get; } = new();

    /// <summary>Completes when the attempt needs no more work.</summary>
    public Task Life { get; set; } = Task.CompletedTask;

    public bool IsRunning => Last is { Phase: PodPhase.PodRunning };

    /// <summary>Whether its final report was made.</summary>
    public bool IsOver => Last is { Phase: not (PodPhase.PodPending or PodPhase.PodRunning) };

    private NodeReport? Last
    {
        get
        {
            lock (_gate)
            {
                return _last;
            }
        }
    }

    public void Report(NodeReport report)
    {
        lock (_gate)
        {
            _last = report;
            reports.Report(report);
        }
    }

    /// <summary>Says again where it is; an attempt that has nothing to say yet will.</summary>
    public void ReportAgain()
    {
        lock (_gate)
        {
            if (_last is not null)
            {
                reports.Report(_last);
            }
        }
    }

    public void Cancel(CancelIntent cancel) =>
        Stop.Request(cancel.DaemonDone ? new StopReason.DaemonDone() : new StopReason.Cancelled(cancel.Reason));
}
