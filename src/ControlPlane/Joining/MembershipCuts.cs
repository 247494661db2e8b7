using System.Collections.Concurrent;

namespace Argosy.ControlPlane.Joining;

/// <summary>Ends at once what a cluster holds open when it is no longer let in.</summary>
internal sealed class MembershipCuts
{
    private readonly ConcurrentDictionary<string, CancellationTokenSource> byCluster = new(StringComparer.Ordinal);
    private long count;

    /// <summary>How many cuts there were. Who looked into the store before and after the same count has seen none in between.</summary>
    public long Count => Interlocked.Read(ref count);

    /// <summary>Fires at the cluster's next cut.</summary>
    public CancellationToken Watch(string clusterUid) => byCluster.GetOrAdd(clusterUid, _ => new CancellationTokenSource()).Token;

    /// <summary>To be called once the store no longer lets the cluster in.</summary>
    public void Cut(string clusterUid)
    {
        Interlocked.Increment(ref count);
        if (byCluster.TryRemove(clusterUid, out var watched))
        {
            watched.Cancel(); // never disposed: who watches may still link to its token
        }
    }
}
