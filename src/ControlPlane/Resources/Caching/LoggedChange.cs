namespace Argosy.ControlPlane.Resources.Caching;

/// <summary>
/// One change that watchers can still see. <paramref name="Before"/> is what selectors saw in the object ahead of it (null: there was no
/// object); <paramref name="FirstVersion"/> is the version of the first change that this one stands for.
/// </summary>
internal sealed record LoggedChange(ResourceChangeType Type, ObjectSnapshot Snapshot, SelectableParts? Before, long FirstVersion)
{
    public long Version => Snapshot.ResourceVersion;

    /// <summary>What a watcher that has seen everything up to <paramref name="seen"/> last knew of the object.</summary>
    public SelectableParts? KnownBefore(long seen) => seen >= FirstVersion ? Snapshot.Selectable : Before;
}
