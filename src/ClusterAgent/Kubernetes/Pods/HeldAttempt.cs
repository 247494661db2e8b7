using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Pods;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Kubernetes.Pods;

/// <summary>
/// One attempt that the agent answers for: what the hub wants of it, what was last seen of its pod, what was last said. Whoever changes one of the
/// first two wakes the attempt; <see cref="AttemptLife"/> then acts on the difference, one step at a time.
/// </summary>
internal sealed class HeldAttempt(PodIntent intent, IReportSink reports)
{
    private readonly Lock _gate = new();
    private JsonObject? _pod;
    private NodeReport? _last;
    private string _progress = "";
    private ITimer? _later;
    private bool _isSent;
    private bool _isAwake;
    private bool _again;

    /// <summary>The intent as the hub sent it; once there is a pod only what that remembers of it, for manifests weigh 100 KB and more.</summary>
    public PodIntent Intent { get; private set; } = intent;

    public AttemptKey Key { get; } = intent.Key;

    public string Hash { get; } = PodMarks.HashOf(intent.Key);

    public string PodName { get; } = PodMarks.NameOf(intent);

    /// <summary>Whether its object is known to be in the cluster; a pod is made once. An attempt without a pod has been taken up.</summary>
    public bool IsMade { get; private set; }

    /// <summary>Its object was sent and nothing was heard of it: whether there is one has to be asked.</summary>
    public bool MayBeMade => _isSent && !IsMade;

    /// <summary>Whether what it is to say last has been said.</summary>
    public bool IsOver { get; set; }

    /// <summary>How often in a row something went wrong that may pass.</summary>
    public int Failures { get; set; }

    public CancelIntent? Cancelled { get; private set; }

    /// <summary>The hub wants nothing more of it.</summary>
    public bool IsReleased { get; private set; }

    /// <summary>The pod is to go as well.</summary>
    public bool IsRemoved { get; private set; }

    /// <summary>Whether no pod is wanted (any more).</summary>
    public bool IsUnwanted => Cancelled is not null || IsReleased || IsRemoved;

    public bool IsRunning => Last?.Phase == PodPhase.PodRunning;

    /// <summary>Cancelled when the attempt's own work (a template without a pod) is not wanted any more.</summary>
    public CancellationTokenSource Stop { get; } = new();

    /// <summary>The pod as it was last seen, trimmed; null before the first time and after the last.</summary>
    public JsonObject? Pod
    {
        get
        {
            lock (_gate)
            {
                return _pod;
            }
        }
    }

    public string Progress
    {
        get
        {
            lock (_gate)
            {
                return _progress;
            }
        }
    }

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

    /// <summary>What the watch tells.</summary>
    public void See(JsonObject? pod)
    {
        lock (_gate)
        {
            _pod = pod;
            if (pod is not null)
            {
                MarkMade();
            }
        }
    }

    /// <summary>It is the agent's own work, and begins.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            MarkMade();
        }
    }

    /// <summary>The pod is about to be sent.</summary>
    public void TryToMake() => _isSent = true;

    /// <summary>What the API server answered when the pod was created; the watch may have told of later days by now, and of its end.</summary>
    public void Made(JsonObject pod)
    {
        lock (_gate)
        {
            if (!IsMade)
            {
                _pod = pod;
                MarkMade();
            }
        }
    }

    /// <returns>Whether that is news.</returns>
    public bool Progressed(string progress)
    {
        lock (_gate)
        {
            var isNews = progress != _progress;
            _progress = progress;
            return isNews;
        }
    }

    public void Cancel(CancelIntent cancel) => Cancelled ??= cancel;

    public void Release() => IsReleased = true;

    public void Remove() => IsRemoved = true;

    /// <summary>Says where the attempt is, unless that is what was said last.</summary>
    public void Report(NodeReport report)
    {
        lock (_gate)
        {
            if (report.Equals(_last))
            {
                return;
            }

            _last = report;
            reports.Report(report);
        }
    }

    /// <summary>Says again what was said last; an attempt that has nothing to say yet will.</summary>
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

    /// <summary>Has the attempt looked at; while that goes on, it is looked at once more afterwards, however often it was woken.</summary>
    public void Wake(Func<HeldAttempt, Task> look)
    {
        lock (_gate)
        {
            _again = true;
            if (_isAwake)
            {
                return;
            }

            _isAwake = true;
        }

        _ = Task.Run(() => LookAsync(look));
    }

    /// <summary>Wakes the attempt later; of several such wishes the last one stands.</summary>
    public void WakeAfter(TimeSpan pause, TimeProvider time, Func<HeldAttempt, Task> look)
    {
        var later = time.CreateTimer(_ => Wake(look), null, pause, Timeout.InfiniteTimeSpan);
        Interlocked.Exchange(ref _later, later)?.Dispose();
    }

    private void MarkMade()
    {
        if (!IsMade)
        {
            IsMade = true;
            Intent = PodBuilder.Essence(Intent);
        }
    }

    private async Task LookAsync(Func<HeldAttempt, Task> look)
    {
        while (true)
        {
            lock (_gate)
            {
                if (!_again)
                {
                    _isAwake = false;
                    return;
                }

                _again = false;
            }

            await look(this);
        }
    }
}
