namespace Argosy.ControlPlane.Resources.Caching;

/// <summary>Which objects belong to which owner, by the owner's uid. Not thread-safe: the cache locks.</summary>
internal sealed class DependentIndex
{
    private readonly Dictionary<string, HashSet<ResourceKey>> byOwner = new(StringComparer.Ordinal);

    public IReadOnlyList<ResourceKey> Of(string ownerUid) => byOwner.TryGetValue(ownerUid, out var keys) ? [.. keys] : [];

    public void Replace(ObjectSnapshot? before, ObjectSnapshot? after)
    {
        if (before is not null)
        {
            foreach (var owner in before.Owners)
            {
                Remove(owner.Uid, before.Key);
            }
        }

        if (after is not null)
        {
            foreach (var owner in after.Owners)
            {
                Add(owner.Uid, after.Key);
            }
        }
    }

    private void Add(string owner, ResourceKey key)
    {
        if (!byOwner.TryGetValue(owner, out var keys))
        {
            byOwner[owner] = keys = [];
        }

        keys.Add(key);
    }

    private void Remove(string owner, ResourceKey key)
    {
        if (byOwner.TryGetValue(owner, out var keys) && keys.Remove(key) && keys.Count == 0)
        {
            byOwner.Remove(owner);
        }
    }
}
