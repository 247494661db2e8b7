namespace Argosy.ControlPlane.Resources.Caching;

/// <summary>The objects of one kind at one version of the hub.</summary>
internal sealed record KindState(SortedObjects Objects, long Version);

/// <summary>
/// Changes after a version. <see cref="Through"/>: everything up to it is included; <see cref="More"/> completes when there may be more.
/// </summary>
internal sealed record ChangesSince(IReadOnlyList<LoggedChange> Changes, long Through, Task More);

/// <summary>A change to show to readers; a deletion carries the object's last value.</summary>
internal sealed record CacheChange(ResourceChangeType Type, ObjectSnapshot Snapshot);

/// <summary>
/// Every object and the recent changes, in memory. One batch of changes becomes visible at once, in order of version, to readers and
/// watchers alike.
/// </summary>
internal sealed class WatchCache
{
    private const int LargestRead = 256;
    private readonly Lock gate = new();
    private readonly Dictionary<ResourceKind, KindCache> kinds;
    private readonly DependentIndex dependents = new();
    private long version;

    public WatchCache(IEnumerable<ResourceKind> kinds, int rememberedChanges, long startVersion)
    {
        version = startVersion;
        this.kinds = kinds.ToDictionary(kind => kind, _ => new KindCache(new ChangeLog(rememberedChanges, startVersion)));
    }

    public IEnumerable<ResourceKind> Kinds => kinds.Keys;

    public ObjectSnapshot? Find(ResourceKey key) =>
        kinds.TryGetValue(key.Kind, out var kind) ? kind.Objects.Find(ObjectName.Of(key)) : null;

    /// <summary>The objects that name the owner of this uid.</summary>
    public IReadOnlyList<ResourceKey> DependentsOf(string ownerUid)
    {
        lock (gate)
        {
            return dependents.Of(ownerUid);
        }
    }

    public KindState Read(ResourceKind kind)
    {
        lock (gate)
        {
            return new KindState(kinds[kind].Objects, version);
        }
    }

    /// <exception cref="ApiException">410 Expired: the version is older than what is remembered; 504: it is yet to come.</exception>
    public ChangesSince ReadSince(ResourceKind kind, long afterVersion)
    {
        lock (gate)
        {
            if (afterVersion > version)
            {
                throw ApiErrors.VersionAhead(afterVersion, version);
            }

            var cache = kinds[kind];
            var changes = new List<LoggedChange>();
            if (!cache.Log.TryRead(afterVersion, LargestRead, changes))
            {
                throw ApiErrors.Expired($"too old resource version: {afterVersion} ({cache.Log.CoveredFrom})");
            }

            return changes.Count == LargestRead
                ? new ChangesSince(changes, changes[^1].Version, Task.CompletedTask)
                : new ChangesSince(changes, version, cache.Changed.Task);
        }
    }

    /// <summary>Fills the cache before anyone reads it.</summary>
    public void Load(IEnumerable<ObjectSnapshot> snapshots)
    {
        foreach (var kind in snapshots.GroupBy(snapshot => snapshot.Key.Kind))
        {
            kinds[kind.Key].Objects = SortedObjects.Of(kind);
            foreach (var snapshot in kind)
            {
                dependents.Replace(null, snapshot);
            }
        }
    }

    /// <summary>Shows a batch. Versions grow from one change to the next.</summary>
    public void Apply(IReadOnlyList<CacheChange> changes)
    {
        var wake = new List<TaskCompletionSource>();
        lock (gate)
        {
            foreach (var change in changes)
            {
                var before = kinds[change.Snapshot.Key.Kind].Apply(change);
                dependents.Replace(before, change.Type == ResourceChangeType.Deleted ? null : change.Snapshot);
                version = change.Snapshot.ResourceVersion;
            }

            foreach (var kind in changes.Select(change => change.Snapshot.Key.Kind).Distinct())
            {
                wake.Add(kinds[kind].Changed);
                kinds[kind].Changed = NewSignal();
            }
        }

        foreach (var signal in wake)
        {
            signal.SetResult();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class KindCache(ChangeLog log)
    {
        private volatile SortedObjects objects = SortedObjects.Empty;

        public SortedObjects Objects
        {
            get => objects;
            set => objects = value;
        }

        public ChangeLog Log => log;

        public TaskCompletionSource Changed { get; set; } = NewSignal();

        /// <summary>Answers the object's value before the change.</summary>
        public ObjectSnapshot? Apply(CacheChange change)
        {
            var name = ObjectName.Of(change.Snapshot.Key);
            var before = objects.Find(name);
            objects = change.Type == ResourceChangeType.Deleted ? objects.Without(name) : objects.With(change.Snapshot);
            log.Append(new LoggedChange(change.Type, change.Snapshot, before?.Selectable, change.Snapshot.ResourceVersion));
            return before;
        }
    }
}
