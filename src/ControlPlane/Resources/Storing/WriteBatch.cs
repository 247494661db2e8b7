using Argosy.ControlPlane.Resources.Caching;

namespace Argosy.ControlPlane.Resources.Storing;

/// <summary>
/// Decides writes one after the other: each sees what the ones before it will have done. Nothing is visible until the batch is stored.
/// </summary>
internal sealed class WriteBatch(WatchCache cache, VersionCounter versions)
{
    private readonly Dictionary<ResourceKey, ObjectSnapshot?> overlay = [];
    private readonly HashSet<ResourceKey> toStore = [];
    private readonly List<CacheChange> changes = [];

    /// <summary>What readers will see, in order.</summary>
    public IReadOnlyList<CacheChange> Changes => changes;

    /// <summary>What is to be stored: for each object its value before the batch and after it.</summary>
    public IEnumerable<RowChange> RowChanges() => toStore.Select(key => new RowChange(cache.Find(key), overlay[key]));

    /// <summary>The new value (of a removal: the last one), or null when the object is not as the write expects.</summary>
    public ObjectSnapshot? Add(ResourceWrite write, out Exception? refusal)
    {
        refusal = null;
        try
        {
            return Decide(write, Find(write.Key));
        }
        catch (Exception failure)
        {
            refusal = failure;
            return null;
        }
    }

    private ObjectSnapshot? Decide(ResourceWrite write, ObjectSnapshot? current)
    {
        switch (write)
        {
            case AddObject add when current is null:
                CheckNamespace(add.Key);
                return Put(ResourceChangeType.Added, ObjectSnapshot.Of(add.Key, versions.Next(), add.Value), stored: true);
            case ReplaceObject replace when current?.ResourceVersion == replace.ExpectedVersion:
                var value = ObjectSnapshot.Of(replace.Key, versions.Next(), replace.Value);
                return Put(ResourceChangeType.Modified, value, replace.Durable);
            case RemoveObject remove when current?.ResourceVersion == remove.ExpectedVersion:
                return Remove(current, stored: true);
            case RemoveEmptyNamespace when current is not null && current.Object.IsDeleting() && !HoldsObjects(current.Key.Name):
                return Remove(current, stored: true);
            case ShowObjectView view:
                var type = current is null ? ResourceChangeType.Added : ResourceChangeType.Modified;
                return Put(type, ObjectSnapshot.OfView(view.Key, versions.Next(), view.Labels, view.Render), stored: false);
            case WithdrawObjectView when current is not null:
                return Remove(current, stored: false);
            default:
                return null;
        }
    }

    private ObjectSnapshot? Find(ResourceKey key) => overlay.TryGetValue(key, out var pending) ? pending : cache.Find(key);

    private ObjectSnapshot Put(ResourceChangeType type, ObjectSnapshot snapshot, bool stored)
    {
        overlay[snapshot.Key] = snapshot;
        changes.Add(new CacheChange(type, snapshot));
        if (stored)
        {
            toStore.Add(snapshot.Key);
        }

        return snapshot;
    }

    private ObjectSnapshot Remove(ObjectSnapshot current, bool stored)
    {
        var last = current.Key.Kind.IsView
            ? ObjectSnapshot.OfView(current.Key, versions.Next(), current.Selectable.Labels, current.Copy)
            : ObjectSnapshot.Of(current.Key, versions.Next(), current.Copy());
        overlay[current.Key] = null;
        changes.Add(new CacheChange(ResourceChangeType.Deleted, last));
        if (stored)
        {
            toStore.Add(current.Key);
        }

        return last;
    }

    private void CheckNamespace(ResourceKey key)
    {
        if (key.Namespace is null)
        {
            return;
        }

        var owner = Find(new ResourceKey(Kinds.Namespace, null, key.Namespace)) ?? throw ApiErrors.NotFound(Kinds.Namespace, key.Namespace);
        if (owner.Object.IsDeleting())
        {
            throw ApiErrors.Forbidden(
                key, $"unable to create new content in namespace {key.Namespace} because it is being terminated");
        }
    }

    private bool HoldsObjects(string @namespace)
    {
        var stored = cache.Kinds.Where(kind => kind.Namespaced && !kind.IsView)
            .SelectMany(kind => cache.Read(kind).Objects.In(@namespace))
            .Select(snapshot => snapshot.Key);
        var added = overlay.Keys.Where(key => key.Namespace == @namespace && !key.Kind.IsView);
        return stored.Concat(added).Any(key => Find(key) is not null);
    }
}
