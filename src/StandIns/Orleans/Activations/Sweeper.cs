using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Orleans.Runtime;

/// <summary>
/// Looks after all activations on one timer: calls that wait too long time out, idle activations end. A call thus costs no timer of its
/// own; the price is that it times out up to one round late.
/// </summary>
internal sealed class Sweeper : IDisposable
{
    private static readonly TimeSpan LongestRound = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestRound = TimeSpan.FromMilliseconds(10);

    private readonly GrainRuntime runtime;
    private readonly TimeSpan responseTimeout;
    private readonly TimeSpan round;
    private readonly ITimer timer;
    private long lastCollection;

    public Sweeper(GrainRuntime runtime, IOptions<SiloMessagingOptions> messaging)
    {
        this.runtime = runtime;
        responseTimeout = messaging.Value.ResponseTimeout;
        round = TimeSpan.FromTicks(Math.Clamp(responseTimeout.Ticks / 10, ShortestRound.Ticks, LongestRound.Ticks));
        timer = runtime.Time.CreateQuietTimer(static sweeper => ((Sweeper)sweeper!).Sweep(), this);
    }

    public void Start()
    {
        lastCollection = runtime.Time.GetTimestamp();
        timer.Change(round, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => timer.Dispose();

    private void Sweep()
    {
        try
        {
            var now = runtime.Time.GetTimestamp();
            FailOverdue(now);
            if (runtime.Time.GetElapsedTime(lastCollection, now) >= runtime.Collection.CollectionQuantum)
            {
                lastCollection = now;
                foreach (var activation in runtime.Catalog.Activations)
                {
                    activation.DeactivateIfIdle(now);
                }
            }
        }
        catch (Exception failure)
        {
            runtime.Log.SweepFailed(failure);
        }

        timer.Change(round, Timeout.InfiniteTimeSpan);
    }

    private void FailOverdue(long now)
    {
        var overdue = new List<Request>();
        var instant = now - (long)(responseTimeout.TotalSeconds * runtime.Time.TimestampFrequency);
        foreach (var activation in runtime.Catalog.Activations)
        {
            activation.CollectOverdue(instant, overdue);
        }

        foreach (var call in overdue)
        {
            runtime.Log.CallTimedOut(call, responseTimeout);
            call.Fail(new TimeoutException(
                $"Response did not arrive on time in {responseTimeout} for message: {call}. "
                + "The grain is busy, or waits for its own caller."));
        }
    }
}
