namespace Argosy.ClusterAgent.Hosting;

/// <summary>
/// Gives memory back after bursts. The runtime collects old garbage when the machine runs short of memory, which a kube node with a hundred other pods
/// should not have to wait for: a thousand pods made at once would leave three times their weight behind until then.
/// </summary>
internal sealed class HeapTrim : IDisposable
{
    /// <summary>Growth that is not worth a collection, in bytes.</summary>
    private const long Slack = 8 * 1024 * 1024;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly ITimer _timer;
    private long _settled;

    public HeapTrim(TimeProvider time) => _timer = time.CreateTimer(_ => Look(), null, Period, Period);

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        if (GC.GetTotalMemory(forceFullCollection: false) > _settled + Slack)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            _settled = GC.GetTotalMemory(forceFullCollection: false);
        }
    }
}
