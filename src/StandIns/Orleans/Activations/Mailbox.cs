namespace Orleans.Runtime;

/// <summary>
/// Which requests run in an activation and which wait: Orleans' rules of interleaving, and nothing else. A writer runs alone; read-only
/// requests run together; what always interleaves never waits for others and holds nobody up. Of those that may start, the first to arrive
/// does. Callers hold the activation's gate.
/// </summary>
internal sealed class Mailbox(bool reentrant)
{
    private RequestList waiting;
    private RequestList running;
    private int waitingInterleavers;
    private int waitingReaders;
    private int runningReaders;
    private int runningWriters;

    private enum Kind
    {
        Writer,
        Reader,
        Interleaver,
    }

    /// <summary>Whether nothing runs.</summary>
    public bool IsQuiet => running.IsEmpty;

    /// <summary>Whether nothing runs or waits.</summary>
    public bool IsEmpty => running.IsEmpty && waiting.IsEmpty;

    /// <summary>Whether <see cref="TryAdmit"/> may find a request.</summary>
    public bool CanAdmit =>
        waitingInterleavers > 0
        || (runningWriters == 0 && (runningReaders == 0 ? !waiting.IsEmpty : waitingReaders > 0));

    public void Add(Request request)
    {
        waiting.Append(request);
        CountWaiting(request, 1);
    }

    /// <summary>
    /// The next request that may start now, which then runs until <see cref="Complete"/>. Settled requests are dropped on the way.
    /// </summary>
    public Request? TryAdmit()
    {
        while (CanAdmit)
        {
            var request = waiting.First!;
            while (!MayStart(request))
            {
                request = request.Next!;
            }

            waiting.Remove(request);
            CountWaiting(request, -1);
            if (!request.IsSettled)
            {
                running.Append(request);
                CountRunning(request, 1);
                return request;
            }
        }

        return null;
    }

    public void Complete(Request request)
    {
        running.Remove(request);
        CountRunning(request, -1);
    }

    /// <summary>Takes out the next request that waits, whatever runs; null when none waits.</summary>
    public Request? TryEvict()
    {
        var request = waiting.First;
        if (request is not null)
        {
            waiting.Remove(request);
            CountWaiting(request, -1);
        }

        return request;
    }

    /// <summary>
    /// Adds to <paramref name="overdue"/> the requests sent before <paramref name="instant"/> that someone still waits for.
    /// </summary>
    public void CollectOverdue(long instant, List<Request> overdue)
    {
        Collect(running);
        Collect(waiting);

        void Collect(RequestList list)
        {
            for (var request = list.First; request is not null; request = request.Next)
            {
                if (request.SentAt < instant && !request.IsSettled)
                {
                    overdue.Add(request);
                }
            }
        }
    }

    private Kind KindOf(Request request) =>
        reentrant || request.AlwaysInterleaves ? Kind.Interleaver : request.IsReadOnly ? Kind.Reader : Kind.Writer;

    private bool MayStart(Request request) => KindOf(request) switch
    {
        Kind.Interleaver => true,
        Kind.Reader => runningWriters == 0,
        Kind.Writer => runningWriters == 0 && runningReaders == 0,
    };

    private void CountWaiting(Request request, int change)
    {
        var kind = KindOf(request);
        waitingInterleavers += kind == Kind.Interleaver ? change : 0;
        waitingReaders += kind == Kind.Reader ? change : 0;
    }

    private void CountRunning(Request request, int change)
    {
        var kind = KindOf(request);
        runningReaders += kind == Kind.Reader ? change : 0;
        runningWriters += kind == Kind.Writer ? change : 0;
    }
}
