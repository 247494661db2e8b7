namespace Orleans.Runtime;

/// <summary>
/// A timer is a request that sends itself: due, it goes to its activation's mailbox and waits for a turn like any other; completed, it arms
/// itself anew. So it cannot overlap itself, and it dies with the activation.
/// </summary>
internal sealed class GrainTimer : Request, IGrainTimer
{
    private readonly Activation activation;
    private readonly Func<CancellationToken, Task> callback;
    private readonly bool interleave;
    private readonly bool keepAlive;
    private readonly CancellationTokenSource disposed = new();
    private readonly Lock gate = new();
    private readonly ITimer timer;
    private TimeSpan period;
    private bool firing;
    private bool changedWhileFiring;
    private bool dueWhileFiring;

    public GrainTimer(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        Validate(options.DueTime);
        Validate(options.Period);
        this.activation = activation;
        this.callback = callback;
        interleave = options.Interleave;
        keepAlive = options.KeepAlive;
        SentAt = long.MaxValue; // nobody waits for a timer, so it is never overdue
        period = options.Period;
        timer = activation.Runtime.Time.CreateQuietTimer(static timer => ((GrainTimer)timer!).OnDue(), this);
        timer.Change(options.DueTime, Timeout.InfiniteTimeSpan);
    }

    public override bool AlwaysInterleaves => interleave;

    public override bool IsReadOnly => false;

    public override bool IsActivity => keepAlive;

    public override bool IsSettled => disposed.IsCancellationRequested;

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Validate(dueTime);
        Validate(period);
        lock (gate)
        {
            this.period = period;
            changedWhileFiring = firing;
            dueWhileFiring = false;
            timer.Change(dueTime, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        timer.Dispose();
        disposed.Cancel();
        activation.Forget(this);
    }

    public override async Task RunAsync(Activation activation)
    {
        try
        {
            await callback(disposed.Token);
        }
        catch (OperationCanceledException) when (disposed.IsCancellationRequested)
        {
            // The callback heeded its token.
        }
        catch (Exception failure)
        {
            activation.Runtime.Log.TimerFailed(failure, activation.GrainId);
        }

        activation.OnCompleted(this);
        Rearm();
    }

    public override void Fail(Exception failure) => Dispose();

    public override void OnActivationEnded(GrainRuntime runtime) => Dispose();

    public override string ToString() => $"timer of {activation.GrainId}";

    private static void Validate(TimeSpan time)
    {
        if (time != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        }
    }

    private void OnDue()
    {
        lock (gate)
        {
            if (firing)
            {
                dueWhileFiring = true;
                return;
            }

            firing = true;
            changedWhileFiring = false;
        }

        Send();
    }

    private void Send()
    {
        if (!activation.TryReceive(this))
        {
            Dispose();
        }
    }

    private void Rearm()
    {
        lock (gate)
        {
            firing = changedWhileFiring && dueWhileFiring;
            if (!changedWhileFiring && !IsSettled)
            {
                timer.Change(period, Timeout.InfiniteTimeSpan);
            }

            changedWhileFiring = false;
            dueWhileFiring = false;
            if (!firing)
            {
                return;
            }
        }

        Send();
    }
}
