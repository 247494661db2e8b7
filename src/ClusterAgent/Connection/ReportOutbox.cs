using Argosy.ClusterAgent.Pods;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Connection;

/// <summary>
/// What the hub has yet to hear. Reports stay until the hub calls them durable and are sent again, with new numbers, only when a new session
/// begins; other messages concern one session only. A report holds the whole state of its attempt, so there is never more than one of an
/// attempt waiting and one sent, however long the hub is away: the newer one takes the older one's place.
/// </summary>
internal sealed class ReportOutbox : IReportSink
{
    private readonly Lock _gate = new();
    private readonly Dictionary<AttemptKey, Kept> _reports = [];
    private readonly LinkedList<AgentMessage> _waiting = new();
    private readonly LinkedList<AgentMessage> _unacknowledged = new();
    private AgentMessage? _heartbeat;
    private AgentMessage? _capacity;
    private TaskCompletionSource _somethingWaits = NewSignal();
    private ulong _epoch;
    private ulong _lastNumber;

    /// <summary>How many messages are kept.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count + _unacknowledged.Count;
            }
        }
    }

    public void Report(NodeReport report)
    {
        var message = new AgentMessage { Report = report.CalculateSize() > MessageLimits.LargestBodyBytes ? WithoutOutputs(report) : report.Clone() };
        lock (_gate)
        {
            Keep(message);
            _somethingWaits.TrySetResult();
        }
    }

    private static NodeReport WithoutOutputs(NodeReport report) => new()
    {
        Key = report.Key,
        Phase = PodPhase.PodError,
        Message = $"the outputs are larger than {MessageLimits.LargestBodyBytes / 1024 / 1024} MiB: pass what is large as an artifact",
        Started = report.Started,
        Finished = report.Finished,
        ExitCode = report.ExitCode,
    };

    public void Accepted(AttemptKey key)
    {
        lock (_gate)
        {
            _waiting.AddLast(new AgentMessage { Accepted = key });
            _somethingWaits.TrySetResult();
        }
    }

    /// <summary>Goes before all that waits: a hub that is told much must not think the agent silent.</summary>
    public void Beat(Heartbeat heartbeat)
    {
        lock (_gate)
        {
            _heartbeat = new AgentMessage { Heartbeat = heartbeat };
            _somethingWaits.TrySetResult();
        }
    }

    public void Tell(Capacity capacity)
    {
        lock (_gate)
        {
            _capacity = new AgentMessage { Capacity = capacity };
            _somethingWaits.TrySetResult();
        }
    }

    /// <summary>A new session: numbers start anew, and what was not acknowledged goes first.</summary>
    public void BeginSession(ulong epoch)
    {
        lock (_gate)
        {
            (_epoch, _lastNumber, _heartbeat, _capacity) = (epoch, 0, null, null);
            var reports = _unacknowledged.Concat(_waiting).Where(message => message.Report is not null).ToList();
            _reports.Clear();
            _unacknowledged.Clear();
            _waiting.Clear();
            foreach (var message in reports)
            {
                Keep(message);
            }

            _somethingWaits.TrySetResult();
        }
    }

    /// <summary>The next message, numbered; waits until there is one.</summary>
    public async Task<AgentMessage> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task somethingWaits;
            lock (_gate)
            {
                if (Next() is { } message)
                {
                    message.Number = ++_lastNumber;
                    return message.Report is null ? message : Sent(message);
                }

                if (_somethingWaits.Task.IsCompleted)
                {
                    _somethingWaits = NewSignal();
                }

                somethingWaits = _somethingWaits.Task;
            }

            await somethingWaits.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Reports up to and including this number need not be sent again.</summary>
    public void Acknowledge(ulong number)
    {
        lock (_gate)
        {
            while (_unacknowledged.First is { } oldest && oldest.Value.Number <= number)
            {
                _unacknowledged.RemoveFirst();
                var kept = _reports[oldest.Value.Report.Key];
                kept.Sent = null;
                if (kept.Waiting is null)
                {
                    _reports.Remove(oldest.Value.Report.Key);
                }
            }
        }
    }

    private AgentMessage? Next()
    {
        if (Interlocked.Exchange(ref _heartbeat, null) is { } heartbeat)
        {
            return heartbeat;
        }

        if (Interlocked.Exchange(ref _capacity, null) is { } capacity)
        {
            return capacity;
        }

        var first = _waiting.First?.Value;
        if (first is not null)
        {
            _waiting.RemoveFirst();
        }

        return first;
    }

    private void Keep(AgentMessage message)
    {
        if (!_reports.TryGetValue(message.Report.Key, out var kept))
        {
            _reports.Add(message.Report.Key, kept = new Kept());
        }

        if (kept.Waiting is { } older)
        {
            _waiting.Remove(older);
        }

        kept.Waiting = _waiting.AddLast(message);
    }

    /// <summary>The message to send; what is kept is a copy, since an embedded hub keeps what it is handed.</summary>
    private AgentMessage Sent(AgentMessage message)
    {
        message.Report.Epoch = _epoch;
        var kept = _reports[message.Report.Key];
        kept.Waiting = null;
        if (kept.Sent is { } older)
        {
            _unacknowledged.Remove(older);
        }

        kept.Sent = _unacknowledged.AddLast(message);
        return message.Clone();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Kept
    {
        public LinkedListNode<AgentMessage>? Waiting { get; set; }

        public LinkedListNode<AgentMessage>? Sent { get; set; }
    }
}
