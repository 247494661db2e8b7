namespace Argosy.ControlPlane.Resources.Caching;

/// <summary>
/// The recent changes of one kind, a bounded ring. A modification that follows another one of the same object, with nothing a selector
/// can tell apart, takes its place: a workflow that reports progress for hours does not push out what others still want to see, nor
/// pins each of its past states in memory. Not thread-safe: the cache locks.
/// </summary>
internal sealed class ChangeLog(int capacity, long coveredFrom)
{
    private readonly Dictionary<ObjectName, long> newestOf = [];
    private LoggedChange?[] ring = new LoggedChange?[16];
    private long[] versions = new long[16];
    private long first;
    private long next;

    /// <summary>Watches can start from this version or a later one.</summary>
    public long CoveredFrom { get; private set; } = coveredFrom;

    public void Append(LoggedChange change)
    {
        var name = ObjectName.Of(change.Snapshot.Key);
        if (change.Type == ResourceChangeType.Modified
            && newestOf.TryGetValue(name, out var at)
            && ring[Slot(at)] is { Type: ResourceChangeType.Modified } earlier
            && !change.Snapshot.Key.Kind.IsView
            && earlier.Snapshot.Selectable.SelectedAlike(change.Snapshot.Selectable))
        {
            ring[Slot(at)] = null;
            change = change with { Before = earlier.Before, FirstVersion = earlier.FirstVersion };
        }

        MakeRoom();
        ring[Slot(next)] = change;
        versions[Slot(next)] = change.Version;
        newestOf[name] = next;
        next++;
    }

    /// <summary>The changes after a version, oldest first, at most <paramref name="limit"/>; false when that version is forgotten.</summary>
    public bool TryRead(long afterVersion, int limit, List<LoggedChange> changes)
    {
        if (afterVersion < CoveredFrom)
        {
            return false;
        }

        for (var at = FirstAfter(afterVersion); at < next && changes.Count < limit; at++)
        {
            if (ring[Slot(at)] is { } change)
            {
                changes.Add(change);
            }
        }

        return true;
    }

    private long FirstAfter(long version)
    {
        var (low, high) = (first, next);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = versions[Slot(middle)] <= version ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private void MakeRoom()
    {
        if (next - first < ring.Length)
        {
            return;
        }

        if (ring.Length < capacity)
        {
            Grow();
            return;
        }

        CoveredFrom = versions[Slot(first)];
        if (ring[Slot(first)] is { } forgotten)
        {
            var name = ObjectName.Of(forgotten.Snapshot.Key);
            if (newestOf.TryGetValue(name, out var at) && at == first)
            {
                newestOf.Remove(name);
            }
        }

        first++;
    }

    private void Grow()
    {
        var size = Math.Min(capacity, ring.Length * 2);
        var (grown, grownVersions) = (new LoggedChange?[size], new long[size]);
        for (var at = first; at < next; at++)
        {
            grown[at % size] = ring[Slot(at)];
            grownVersions[at % size] = versions[Slot(at)];
        }

        (ring, versions) = (grown, grownVersions);
    }

    private int Slot(long at) => (int)(at % ring.Length);
}
