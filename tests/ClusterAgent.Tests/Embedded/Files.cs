namespace Argosy.ClusterAgent.Tests.Embedded;

/// <summary>Waits for what other processes do to files.</summary>
internal static class Files
{
    public static Task AppearsAsync(string file) => HoldsAsync(() => File.Exists(file), $"{file} did not appear");

    /// <summary>Looks until it is so: the kernel has no signal for what is waited for here.</summary>
    public static async Task HoldsAsync(Func<bool> condition, string complaint)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            while (!condition())
            {
                await timer.WaitForNextTickAsync(patience.Token);
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException(complaint);
        }
    }
}
