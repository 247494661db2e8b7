using Argosy.ClusterAgent.Connection;
using Argosy.ClusterAgent.Kubernetes.Api;

namespace Argosy.ClusterAgent.Podless.Resources;

/// <summary>
/// Tries again what an API server could not do just now: as long as it takes while the server is away or busy, and for some minutes where it
/// says that it failed or that a quota is used up, for that may well never change.
/// </summary>
internal sealed class Persistence(TimeProvider time)
{
    private const int MostRefusals = 8;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>The work may be begun again after it was carried out without our hearing of it: it has to find what it did.</summary>
    public async Task<T> UntilDoneAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        var (pause, refusals) = (FirstPause, 0);
        while (true)
        {
            TimeSpan? asked;
            try
            {
                return await work(cancellationToken);
            }
            catch (KubernetesException refusal) when (refusal.IsTransient && (IsAway(refusal) || ++refusals < MostRefusals))
            {
                asked = refusal.RetryAfter;
            }

            await Task.Delay(asked ?? Jitter.About(pause), time, cancellationToken);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
        }
    }

    private static bool IsAway(KubernetesException refusal) => refusal.Code is not (403 or 500);
}
