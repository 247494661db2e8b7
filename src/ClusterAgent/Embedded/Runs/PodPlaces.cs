namespace Argosy.ClusterAgent.Embedded.Runs;

/// <summary>How many pods may run at once; those that find no place wait in the order they came.</summary>
internal sealed class PodPlaces(int count) : IDisposable
{
    private readonly SemaphoreSlim _free = new(count, count);

    public int Count => count;

    /// <summary>Waits for a place; disposing the answer gives it back.</summary>
    public async Task<IDisposable> TakeAsync(Action mustWait, CancellationToken cancellationToken)
    {
        if (!_free.Wait(0, CancellationToken.None))
        {
            mustWait();
            await _free.WaitAsync(cancellationToken);
        }

        return new Place(_free);
    }

    public void Dispose() => _free.Dispose();

    private sealed class Place(SemaphoreSlim free) : IDisposable
    {
        private int _given;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _given, 1) == 0)
            {
                free.Release();
            }
        }
    }
}
