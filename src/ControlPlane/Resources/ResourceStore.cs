using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources.Caching;
using Argosy.ControlPlane.Resources.Storing;
using Argosy.ControlPlane.Storage;
using Argosy.Engine.Placement;
using Microsoft.Extensions.Logging;

namespace Argosy.ControlPlane.Resources;

/// <summary>
/// The hub's objects: durable in its database, read and watched in memory. One process owns a database's objects at a time.
/// </summary>
public sealed class ResourceStore(
    HubDatabase database,
    SecretBox secrets,
    ResourceOptions options,
    Func<IEnumerable<IResourceAdmission>> admissions,
    TimeProvider time,
    ILogger<ResourceStore> logger,
    IObjectParts? objectParts = null) : IResources, IAsyncDisposable
{
    private Parts? parts;

    internal WatchCache Cache => Started.Cache;

    internal ResourceVerbs Verbs => Started.Verbs;

    private Parts Started => parts ?? throw new InvalidOperationException("the resource store is used before StartAsync has completed");

    /// <summary>Loads every object and finishes what an earlier life of the hub left half done. The schema must be there.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        var table = new ObjectTable(database, secrets);
        var versions = await VersionCounter.StartAsync(table, cancellationToken);
        var objects = await table.LoadAsync(Kinds.All, cancellationToken);
        var cache = new WatchCache(Kinds.All, options.RememberedChanges, versions.Last);
        cache.Load(objects);
        var queue = new WriteQueue(table, cache, versions, logger);
        var verbs = new ResourceVerbs(cache, queue, admissions, time);
        parts = new Parts(cache, queue, verbs);
        ResourcesLog.Loaded(logger, objects.Count, versions.Last);
        await OpenNamespacesAsync(cancellationToken);
    }

    public async ValueTask<JsonObject?> FindAsync(ResourceKey key, CancellationToken cancellationToken) =>
        Cache.Find(key) is { } found ? (await CompleteAsync(found, cancellationToken)).Object : null;

    /// <summary>The object with its parts that are stored apart.</summary>
    internal async ValueTask<ObjectSnapshot> CompleteAsync(ObjectSnapshot snapshot, CancellationToken cancellationToken)
    {
        if (objectParts?.MayBeApart(snapshot.Key.Kind, snapshot.Selectable.Labels) != true)
        {
            return snapshot;
        }

        var whole = await objectParts.CompleteAsync(snapshot.Object, cancellationToken);
        return ReferenceEquals(whole, snapshot.Object) ? snapshot : ObjectSnapshot.Preview(snapshot.Key, snapshot.ResourceVersion, whole);
    }

    public ValueTask<IReadOnlyList<JsonObject>> ListAsync(
        ResourceKind kind, string? @namespace, string? labelSelector, CancellationToken cancellationToken)
    {
        var selector = LabelSelector.Parse(labelSelector);
        return ValueTask.FromResult<IReadOnlyList<JsonObject>>(
        [
            .. Cache.Read(kind).Objects.In(@namespace)
                .Where(snapshot => selector.Matches(snapshot.Selectable.Labels))
                .Select(snapshot => snapshot.Object),
        ]);
    }

    public async Task<JsonObject> CreateAsync(
        ResourceKind kind, string? @namespace, JsonObject manifest, CancellationToken cancellationToken) =>
        (await Verbs.CreateAsync(kind, @namespace, manifest, new WriteMode { Trusted = true }, cancellationToken)).Object;

    public async Task<JsonObject?> ModifyAsync(ResourceKey key, Func<JsonObject, bool> change, CancellationToken cancellationToken)
    {
        try
        {
            var mode = new WriteMode { Trusted = true };
            return (await Verbs.UpdateAsync(key, copy => change(copy) ? copy : null, mode, cancellationToken)).Object;
        }
        catch (ApiException refusal) when (refusal.Code == 404)
        {
            return null;
        }
    }

    public async Task<bool> DeleteAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        try
        {
            await Verbs.DeleteAsync(key, new DeleteMode(), cancellationToken);
            return true;
        }
        catch (ApiException refusal) when (refusal.Code == 404)
        {
            return false;
        }
    }

    public async ValueTask PublishAsync(ResourceKey key, Func<JsonObject, bool> change, CancellationToken cancellationToken)
    {
        while (Cache.Find(key) is { } current)
        {
            var next = current.Copy();
            if (!change(next)
                || await Started.Queue.WriteAsync(new ReplaceObject(key, current.ResourceVersion, next, Durable: false))
                    .WaitAsync(cancellationToken) is not null)
            {
                return;
            }
        }
    }

    public void ShowView(ResourceKey key, IReadOnlyDictionary<string, string> labels, Func<JsonObject> render) =>
        _ = Started.Queue.WriteAsync(new ShowObjectView(key, labels, render));

    public void WithdrawView(ResourceKey key) => _ = Started.Queue.WriteAsync(new WithdrawObjectView(key));

    public async IAsyncEnumerable<ResourceChange> ObserveAsync(
        ResourceKind kind, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var state = Cache.Read(kind);
        foreach (var snapshot in state.Objects.In(null))
        {
            yield return snapshot.AsChange(ResourceChangeType.Added);
        }

        var seen = state.Version;
        while (true)
        {
            var since = Cache.ReadSince(kind, seen);
            foreach (var change in since.Changes)
            {
                yield return change.Snapshot.AsChange(change.Type);
            }

            seen = since.Through;
            await since.More.WaitAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (parts is not null)
        {
            await parts.Queue.DisposeAsync();
        }
    }

    private async Task OpenNamespacesAsync(CancellationToken cancellationToken)
    {
        if (Cache.Find(new ResourceKey(Kinds.Namespace, null, DefaultNamespace.Name)) is null)
        {
            await CreateAsync(Kinds.Namespace, null, DefaultNamespace.Manifest(), cancellationToken);
        }

        foreach (var going in Cache.Read(Kinds.Namespace).Objects.In(null).Where(snapshot => snapshot.Object.IsDeleting()))
        {
            await Verbs.EmptyNamespaceAsync(going, cancellationToken);
        }
    }

    private sealed record Parts(WatchCache Cache, WriteQueue Queue, ResourceVerbs Verbs);
}
