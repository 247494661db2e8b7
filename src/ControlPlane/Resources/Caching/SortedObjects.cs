using System.Collections.Immutable;

namespace Argosy.ControlPlane.Resources.Caching;

/// <summary>The objects of one kind in order of namespace and name, at one instant for ever: a change makes a new one that shares most.</summary>
internal sealed class SortedObjects
{
    private readonly ImmutableSortedSet<Entry> entries;

    private SortedObjects(ImmutableSortedSet<Entry> entries) => this.entries = entries;

    public static SortedObjects Empty { get; } = new([]);

    public static SortedObjects Of(IEnumerable<ObjectSnapshot> snapshots) => new([.. snapshots.Select(Entry.Of)]);

    public int Count => entries.Count;

    public ObjectSnapshot? Find(ObjectName name) =>
        entries.TryGetValue(new Entry(name, null), out var entry) ? entry.Snapshot : null;

    public SortedObjects With(ObjectSnapshot snapshot)
    {
        var entry = Entry.Of(snapshot);
        return new SortedObjects(entries.Remove(entry).Add(entry));
    }

    public SortedObjects Without(ObjectName name) => new(entries.Remove(new Entry(name, null)));

    /// <summary>The objects of one namespace, or (null) all, that come after a name.</summary>
    public IEnumerable<ObjectSnapshot> In(string? @namespace, ObjectName? after = null)
    {
        var start = after ?? new ObjectName(@namespace ?? "", "");
        var at = entries.IndexOf(new Entry(start, null));
        for (at = at < 0 ? ~at : at + 1; at < entries.Count; at++)
        {
            var entry = entries[at];
            if (@namespace is not null && entry.Name.Namespace != @namespace)
            {
                yield break;
            }

            yield return entry.Snapshot!;
        }
    }

    private readonly record struct Entry(ObjectName Name, ObjectSnapshot? Snapshot) : IComparable<Entry>
    {
        public static Entry Of(ObjectSnapshot snapshot) => new(ObjectName.Of(snapshot.Key), snapshot);

        public int CompareTo(Entry other) => Name.CompareTo(other.Name);
    }
}
