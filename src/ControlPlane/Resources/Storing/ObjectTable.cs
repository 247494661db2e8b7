using System.Text;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources.Caching;
using Argosy.ControlPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace Argosy.ControlPlane.Resources.Storing;

/// <summary>What the last write of a batch leaves of one object. A null <see cref="After"/> removes it.</summary>
internal sealed record RowChange(ObjectSnapshot? Before, ObjectSnapshot? After);

/// <summary>The objects at rest. Secrets are sealed on the way in and opened on the way out.</summary>
internal sealed class ObjectTable(HubDatabase database, SecretBox secrets)
{
    public async Task<long> ReadCeilingAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var context = ObjectsContext.Over(connection, database.Provider);
        return (await context.Versions.SingleAsync(cancellationToken)).Ceiling;
    }

    /// <summary>Promises, durably, that versions up to the ceiling may be handed out.</summary>
    public async Task RaiseCeilingAsync(long ceiling, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var context = ObjectsContext.Over(connection, database.Provider);
        using var turn = await database.TakeWriteTurnAsync(cancellationToken);
        await context.Versions.ExecuteUpdateAsync(row => row.SetProperty(version => version.Ceiling, ceiling), cancellationToken);
    }

    /// <summary>Every stored object of the kinds; rows of kinds that this hub does not know stay where they are.</summary>
    public async Task<IReadOnlyList<ObjectSnapshot>> LoadAsync(IEnumerable<ResourceKind> kinds, CancellationToken cancellationToken)
    {
        var byName = kinds.ToDictionary(kind => kind.QualifiedPlural());
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var context = ObjectsContext.Over(connection, database.Provider);
        var snapshots = new List<ObjectSnapshot>();
        await foreach (var row in context.Objects.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (byName.TryGetValue(row.Kind, out var kind))
            {
                var key = new ResourceKey(kind, kind.Namespaced ? row.Namespace : null, row.Name);
                snapshots.Add(ObjectSnapshot.Of(key, row.ResourceVersion, Open(key, row.Json)));
            }
        }

        return snapshots;
    }

    /// <summary>Stores all changes or none.</summary>
    public async Task CommitAsync(IReadOnlyCollection<RowChange> changes, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var context = ObjectsContext.Over(connection, database.Provider);
        foreach (var (before, after) in changes)
        {
            _ = (before, after) switch
            {
                (null, not null) => context.Add(RowOf(after)),
                (not null, not null) => context.Update(RowOf(after)),
                (not null, null) => context.Remove(RowOf(before)),
                (null, null) => null,
            };
        }

        using var turn = await database.TakeWriteTurnAsync(cancellationToken);
        await context.SaveChangesAsync(cancellationToken);
    }

    private ObjectRow RowOf(ObjectSnapshot snapshot) => new()
    {
        Kind = snapshot.Key.Kind.QualifiedPlural(),
        Namespace = snapshot.Key.Namespace ?? "",
        Name = snapshot.Key.Name,
        Uid = snapshot.Uid,
        ResourceVersion = snapshot.ResourceVersion,
        Json = snapshot.Key.Kind == Kinds.Secret
            ? new JsonObject { ["sealed"] = secrets.Seal(snapshot.Utf8.Span, snapshot.Key) }.ToJsonString()
            : Encoding.UTF8.GetString(snapshot.Utf8.Span),
    };

    private JsonObject Open(ResourceKey key, string json)
    {
        var stored = ObjectJson.Read(Encoding.UTF8.GetBytes(json));
        return key.Kind == Kinds.Secret ? ObjectJson.Read(secrets.Open(stored["sealed"]!.GetValue<string>(), key)) : stored;
    }

    private static string UidOf(ObjectSnapshot snapshot) => snapshot.Uid;
}
