using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources.Caching;
using Argosy.ControlPlane.Resources.Lifecycle;
using Argosy.ControlPlane.Resources.Storing;

namespace Argosy.ControlPlane.Resources;

/// <summary>How a user's write differs from the plain one.</summary>
internal sealed record WriteMode
{
    /// <summary>Everything but the storing.</summary>
    public bool DryRun { get; init; }

    /// <summary>The write goes to the status subresource.</summary>
    public bool StatusOnly { get; init; }

    /// <summary>The hub itself writes: it may set the status, and admission does not look.</summary>
    public bool Trusted { get; init; }
}

/// <summary>Conditions and manner of a deletion.</summary>
internal sealed record DeleteMode
{
    public bool DryRun { get; init; }

    public string? ExpectedUid { get; init; }

    public string? ExpectedVersion { get; init; }

    /// <summary>What belongs to the object stays, and belongs to nobody. Otherwise it goes as well.</summary>
    public bool Orphan { get; init; }

    /// <summary>Uids of the owners that this deletion began with: objects may own one another in a circle.</summary>
    public ImmutableHashSet<string> Going { get; init; } = [];
}

/// <summary>What a deletion left: the object with its deletion mark while finalizers hold it, else its last value.</summary>
internal sealed record Deletion(ObjectSnapshot Last, bool Gone);

/// <summary>Create, update and delete with Kubernetes' rules, for users and for the rooms of the hub alike.</summary>
internal sealed class ResourceVerbs(
    WatchCache cache, WriteQueue queue, Func<IEnumerable<IResourceAdmission>> admissions, TimeProvider time)
{
    private const int NameAttempts = 8;

    public async Task<ObjectSnapshot> CreateAsync(
        ResourceKind kind, string? @namespace, JsonObject manifest, WriteMode mode, CancellationToken cancellationToken)
    {
        if (kind.IsView)
        {
            throw ApiErrors.MethodNotAllowed();
        }

        for (var attempt = 1; ; attempt++)
        {
            var value = manifest.DeepClone().AsObject();
            ObjectLifecycle.Begin(kind, @namespace, value, time.GetUtcNow());
            CoreKinds.Complete(kind, value);
            await AdmitAsync(kind, value, null, cancellationToken);
            var key = new ResourceKey(kind, kind.Namespaced ? @namespace : null, value.MetadataText("name")!);
            if (mode.DryRun)
            {
                return Preview(key, value);
            }

            if (await queue.WriteAsync(new AddObject(key, value)).WaitAsync(cancellationToken) is { } added)
            {
                return added;
            }

            if (manifest.MetadataText("name") is not null || attempt == NameAttempts)
            {
                throw ApiErrors.AlreadyExists(key);
            }
        }
    }

    /// <summary>
    /// Replaces the object by what <paramref name="change"/> makes of a private copy (null: leave it), again when someone else was faster.
    /// </summary>
    /// <exception cref="ApiException">404: there is none. 409: the change insists on a version that is no longer the newest.</exception>
    public async Task<ObjectSnapshot> UpdateAsync(
        ResourceKey key, Func<JsonObject, JsonObject?> change, WriteMode mode, CancellationToken cancellationToken)
    {
        if (key.Kind.IsView)
        {
            throw ApiErrors.MethodNotAllowed();
        }

        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var current = cache.Find(key) ?? throw ApiErrors.NotFound(key);
            if (change(current.Copy()) is not { } next)
            {
                return current;
            }

            if (next.MetadataText("resourceVersion") is { } version && version != current.Object.MetadataText("resourceVersion"))
            {
                throw ApiErrors.Conflict(key);
            }

            var keepStatus = !mode.Trusted && key.Kind.HasStatus;
            if (!ObjectLifecycle.Continue(key, current.Object, next, mode.StatusOnly, keepStatus))
            {
                return current;
            }

            CoreKinds.Complete(key.Kind, next);
            if (!mode.Trusted)
            {
                await AdmitAsync(key.Kind, next, current.Object, cancellationToken);
            }

            if (mode.DryRun)
            {
                return Preview(key, next);
            }

            if (await StoreAsync(current, next).WaitAsync(cancellationToken) is { } stored)
            {
                return stored;
            }
        }
    }

    public async Task<Deletion> DeleteAsync(ResourceKey key, DeleteMode mode, CancellationToken cancellationToken)
    {
        if (key.Kind.IsView)
        {
            throw ApiErrors.MethodNotAllowed();
        }

        while (true)
        {
            var current = cache.Find(key) ?? throw ApiErrors.NotFound(key);
            CheckPreconditions(current, mode);
            var held = current.Object.HasFinalizers() || key.Kind == Kinds.Namespace;
            if (mode.DryRun || (held && current.Object.IsDeleting()))
            {
                return new Deletion(current, !held);
            }

            if (held)
            {
                var marked = current.Copy();
                ObjectLifecycle.MarkDeleting(marked, time.GetUtcNow());
                CoreKinds.Complete(key.Kind, marked);
                if (await queue.WriteAsync(new ReplaceObject(key, current.ResourceVersion, marked, Durable: true)) is { } waiting)
                {
                    return key.Kind == Kinds.Namespace ? await EmptyNamespaceAsync(waiting, cancellationToken) : new Deletion(waiting, false);
                }
            }
            else
            {
                // What belongs to it goes first: should the hub die meanwhile, the owner is still there to be deleted again.
                await SettleDependentsAsync(current, mode, cancellationToken);
                if (await queue.WriteAsync(new RemoveObject(key, current.ResourceVersion)) is { } last)
                {
                    await SettleDependentsAsync(current, mode, cancellationToken); // what came in between
                    await CloseNamespaceAsync(key.Namespace);
                    return new Deletion(last, true);
                }
            }
        }
    }

    /// <summary>Deletes what is left in a namespace that is going, and the namespace itself once nothing holds it.</summary>
    public async Task<Deletion> EmptyNamespaceAsync(ObjectSnapshot @namespace, CancellationToken cancellationToken)
    {
        var name = @namespace.Key.Name;
        foreach (var kind in cache.Kinds.Where(kind => kind.Namespaced && !kind.IsView))
        {
            foreach (var left in cache.Read(kind).Objects.In(name))
            {
                try
                {
                    await DeleteAsync(left.Key, new DeleteMode(), cancellationToken);
                }
                catch (ApiException gone) when (gone.Code == 404)
                {
                    // Someone else was faster, which is what we wanted.
                }
            }
        }

        var last = await queue.WriteAsync(new RemoveEmptyNamespace(@namespace.Key));
        var isGone = last is not null || cache.Find(@namespace.Key) is null;
        return new Deletion(last ?? @namespace, isGone);
    }

    /// <summary>Deletes what belongs to an object that goes, or lets it go free: orphans, and what has another owner.</summary>
    private Task SettleDependentsAsync(ObjectSnapshot owner, DeleteMode mode, CancellationToken cancellationToken)
    {
        var dependents = cache.DependentsOf(owner.Uid);
        return dependents.Count == 0 ? Task.CompletedTask : Task.WhenAll(dependents.Select(SettleAsync));

        async Task SettleAsync(ResourceKey key)
        {
            try
            {
                if (mode.Orphan || HasAnotherOwner(key, owner))
                {
                    var trusted = new WriteMode { Trusted = true };
                    await UpdateAsync(key, copy => OwnerReference.Remove(copy, owner.Uid) ? copy : null, trusted, cancellationToken);
                }
                else if (cache.Find(key) is { } dependent && !mode.Going.Contains(dependent.Uid))
                {
                    await DeleteAsync(key, new DeleteMode { Going = mode.Going.Add(owner.Uid) }, cancellationToken);
                }
            }
            catch (ApiException gone) when (gone.Code == 404)
            {
                // Someone else was faster.
            }
        }
    }

    /// <summary>An owner of a kind that the hub does not serve counts as there: the hub cannot know.</summary>
    private bool HasAnotherOwner(ResourceKey key, ObjectSnapshot owner) =>
        cache.Find(key) is { } dependent && dependent.Owners.Any(other => other.Uid != owner.Uid && IsThere(other, key.Namespace));

    private bool IsThere(OwnerReference owner, string? @namespace) =>
        cache.Kinds.FirstOrDefault(kind => kind.Kind == owner.Kind && kind.ApiVersion == owner.ApiVersion) is not { IsView: false } kind
        || cache.Find(new ResourceKey(kind, kind.Namespaced ? @namespace : null, owner.Name))?.Uid == owner.Uid;

    /// <summary>Runs every admission and reports all that is wrong at once.</summary>
    private async Task AdmitAsync(ResourceKind kind, JsonObject value, JsonObject? existing, CancellationToken cancellationToken)
    {
        var causes = new List<(string Field, string Message)>();
        foreach (var admission in admissions().Where(admission => admission.Handles(kind)))
        {
            causes.AddRange(await admission.AdmitAsync(kind, value, existing, cancellationToken));
        }

        causes.AddRange(ObjectNames.Check(kind, value));
        causes.AddRange(CoreKinds.Check(kind, value));
        if (causes.Count > 0)
        {
            throw ApiErrors.Invalid(kind, value.MetadataText("name") ?? "", causes);
        }
    }

    private async Task<ObjectSnapshot?> StoreAsync(ObjectSnapshot current, JsonObject next)
    {
        if (!next.IsDeleting() || next.HasFinalizers() || current.Key.Kind == Kinds.Namespace)
        {
            return await queue.WriteAsync(new ReplaceObject(current.Key, current.ResourceVersion, next, Durable: true));
        }

        var last = await queue.WriteAsync(new RemoveObject(current.Key, current.ResourceVersion));
        if (last is not null)
        {
            await SettleDependentsAsync(current, new DeleteMode(), CancellationToken.None);
            await CloseNamespaceAsync(current.Key.Namespace);
        }

        return last;
    }

    /// <summary>After a removal: the namespace itself goes when it is being deleted and this was its last object.</summary>
    private async Task CloseNamespaceAsync(string? @namespace)
    {
        if (@namespace is not null
            && cache.Find(new ResourceKey(Kinds.Namespace, null, @namespace)) is { } owner
            && owner.Object.IsDeleting())
        {
            await queue.WriteAsync(new RemoveEmptyNamespace(owner.Key));
        }
    }

    private static void CheckPreconditions(ObjectSnapshot current, DeleteMode mode)
    {
        if (current.Key.Kind == Kinds.Namespace && current.Key.Name == DefaultNamespace.Name)
        {
            throw ApiErrors.Forbidden(current.Key, "this namespace may not be deleted");
        }

        if (mode.ExpectedUid is { } uid && uid != current.Uid)
        {
            throw ApiErrors.Conflict(
                current.Key, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {current.Uid}");
        }

        if (mode.ExpectedVersion is { } version && version != current.Object.MetadataText("resourceVersion"))
        {
            throw ApiErrors.Conflict(
                current.Key,
                $"Precondition failed: ResourceVersion in precondition: {version}, "
                + $"ResourceVersion in object meta: {current.Object.MetadataText("resourceVersion")}");
        }
    }

    /// <summary>What would be stored; it has the version of what is, if anything is.</summary>
    private ObjectSnapshot Preview(ResourceKey key, JsonObject value) => ObjectSnapshot.Preview(key, cache.Find(key)?.ResourceVersion, value);
}
