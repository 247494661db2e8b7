namespace Argosy.ClusterAgent.Embedded.Runs;

/// <summary>Calls once at an instant, however far away it is; disposing it calls it off.</summary>
internal sealed class Deadline : IDisposable
{
    /// <summary>Timers take no longer spans than some 49 days.</summary>
    private static readonly TimeSpan LongestSpan = TimeSpan.FromDays(40);

    private readonly DateTimeOffset _at;
    private readonly TimeProvider _time;
    private readonly Action _reached;
    private readonly ITimer _timer;

    public Deadline(DateTimeOffset at, TimeProvider time, Action reached)
    {
        (_at, _time, _reached) = (at, time, reached);
        _timer = time.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Look();
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var left = _at - _time.GetUtcNow();
        if (left <= TimeSpan.Zero)
        {
            _reached();
        }
        else
        {
            _timer.Change(left < LongestSpan ? left : LongestSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
