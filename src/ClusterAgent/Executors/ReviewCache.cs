namespace Argosy.ClusterAgent.Executors;

/// <summary>What the API server lately said of tokens, by their digests. Bounded: when it is full, the oldest half goes.</summary>
internal sealed class ReviewCache(TimeProvider time, int most = 10_000)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (PodIdentity? Pod, long Reviewed)> _reviews = new(StringComparer.Ordinal);

    public bool TryGet(string digest, out PodIdentity? pod)
    {
        lock (_gate)
        {
            var found = _reviews.TryGetValue(digest, out var review) && time.GetElapsedTime(review.Reviewed) < Fresh;
            pod = found ? review.Pod : null;
            return found;
        }
    }

    public void Add(string digest, PodIdentity? pod)
    {
        lock (_gate)
        {
            if (_reviews.Count >= most)
            {
                foreach (var old in _reviews.OrderBy(review => review.Value.Reviewed).Take(most / 2).Select(review => review.Key).ToList())
                {
                    _reviews.Remove(old);
                }
            }

            _reviews[digest] = (pod, time.GetTimestamp());
        }
    }
}
