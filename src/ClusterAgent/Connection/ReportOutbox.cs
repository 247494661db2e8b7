using Argosy.ClusterAgent.Pods;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Connection;

/// <summary>
/// What the hub has yet to hear, in order. Reports stay until the hub calls them durable and are sent again, in order and with new
/// numbers, only when a new session begins; other messages concern one session only.
/// </summary>
internal sealed class ReportOutbox : IReportSink
{
    private readonly Lock _gate = new();
    private readonly LinkedList<AgentMessage> _waiting = new();
    private readonly Queue<AgentMessage> _unacknowledged = new();
    private TaskCompletionSource _somethingWaits = NewSignal();
    private ulong _epoch;
    private ulong _lastNumber;

    public void Report(NodeReport report)
    {
        lock (_gate)
        {
            if (report.Phase == PodPhase.PodRunning)
            {
                DropUnsentRunning(report.Key);
            }

            Enqueue(new AgentMessage { Report = report.Clone() });
        }
    }

    public void Accepted(AttemptKey key)
    {
        lock (_gate)
        {
            Enqueue(new AgentMessage { Accepted = key });
        }
    }

    public void Beat(Heartbeat heartbeat)
    {
        lock (_gate)
        {
            Enqueue(new AgentMessage { Heartbeat = heartbeat });
        }
    }

    /// <summary>A new session: numbers start anew, and what was not acknowledged goes first.</summary>
    public void BeginSession(ulong epoch)
    {
        lock (_gate)
        {
            _epoch = epoch;
            _lastNumber = 0;
            var reports = _unacknowledged.Concat(_waiting).Where(message => message.Report is not null).ToList();
            _unacknowledged.Clear();
            _waiting.Clear();
            foreach (var message in reports)
            {
                Enqueue(message);
            }
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
                if (_waiting.First is { } first)
                {
                    _waiting.RemoveFirst();
                    return Number(first.Value);
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
            while (_unacknowledged.TryPeek(out var oldest) && oldest.Number <= number)
            {
                _unacknowledged.Dequeue();
            }
        }
    }

    private AgentMessage Number(AgentMessage message)
    {
        message.Number = ++_lastNumber;
        if (message.Report is { } report)
        {
            report.Epoch = _epoch;
            _unacknowledged.Enqueue(message.Clone());
        }

        return message;
    }

    /// <summary>A report holds the whole state of its attempt, so a newer "running" makes an unsent older one pointless.</summary>
    private void DropUnsentRunning(AttemptKey key)
    {
        for (var entry = _waiting.First; entry is not null; entry = entry.Next)
        {
            if (entry.Value.Report is { Phase: PodPhase.PodRunning } waiting && waiting.Key.Equals(key))
            {
                _waiting.Remove(entry);
                return;
            }
        }
    }

    private void Enqueue(AgentMessage message)
    {
        _waiting.AddLast(message);
        _somethingWaits.TrySetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
