using Microsoft.Extensions.Logging;

namespace Argosy.ControlPlane.Synchronization;

/// <summary>
/// Says something again until it is heard: for calls that must not get lost while a grain or the database is in trouble. A hub that stops
/// gives up quietly; the next one finds out what was not heard.
/// </summary>
internal static class UntilHeard
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    public static async Task SayAsync(Func<Task> say, TimeProvider time, ILogger log, CancellationToken stopping)
    {
        for (var pause = TimeSpan.FromMilliseconds(50); !stopping.IsCancellationRequested; pause = pause < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await say();
                return;
            }
            catch (Exception failure)
            {
                if (stopping.IsCancellationRequested)
                {
                    return;
                }

                SynchronizationLog.NotHeard(log, failure, pause);
                await Task.Delay(pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }
        }
    }
}
