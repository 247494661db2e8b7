namespace Argosy.ClusterAgent.Embedded.Runs;

/// <summary>Why a pod has to end before its work is done.</summary>
internal abstract record StopReason
{
    private StopReason()
    {
    }

    public sealed record Cancelled(string Reason) : StopReason;

    public sealed record DaemonDone : StopReason;

    public sealed record DeadlineExceeded : StopReason;
}

/// <summary>The one order to end a pod early; the first reason counts.</summary>
internal sealed class PodStop : IDisposable
{
    private readonly TaskCompletionSource<StopReason> _requested = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _token = new();

    /// <summary>Completes when the pod has to end.</summary>
    public Task<StopReason> Requested => _requested.Task;

    /// <summary>Cancelled when the pod has to end: for waits that are given up at once.</summary>
    public CancellationToken Token => _token.Token;

    public void Request(StopReason reason)
    {
        if (_requested.TrySetResult(reason))
        {
            _token.Cancel();
        }
    }

    public void Dispose() => _token.Dispose();
}
