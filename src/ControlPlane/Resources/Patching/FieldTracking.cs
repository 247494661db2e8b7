using System.Text.Json.Nodes;

namespace Argosy.ControlPlane.Resources.Patching;

/// <summary>
/// Keeps the record of managed fields up to date on writes other than server-side apply. Only objects that somebody applies have such a
/// record; for all others it would cost more than anyone gets from it.
/// </summary>
internal static class FieldTracking
{
    /// <summary>The annotation in which client-side apply remembers what it applied.</summary>
    public const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    public static void OnCreate(ResourceKind kind, JsonObject manifest, FieldWriter writer)
    {
        (manifest["metadata"] as JsonObject)?.Remove("managedFields");
        if (IsApplied(manifest))
        {
            var fields = ManagedFields.Ownable(FieldTree.Collect(manifest, FieldTree.ShapeOf(kind)));
            ManagedFields.Write(manifest, [Updating(kind, writer, fields)]);
        }
    }

    public static void OnUpdate(ResourceKind kind, JsonObject existing, JsonObject next, FieldWriter writer)
    {
        if (!ManagedFields.AreTracked(existing) && !IsApplied(next))
        {
            (next["metadata"] as JsonObject)?.Remove("managedFields");
            return;
        }

        var owners = ManagedFields.Read(next["metadata"]?["managedFields"] is JsonArray ? next : existing);
        var difference = FieldTree.Compare(ManagedFields.Without(existing), ManagedFields.Without(next), FieldTree.ShapeOf(kind));
        var changed = ManagedFields.Ownable(difference.Changed);
        var result = new List<FieldOwner>();
        var mine = new FieldSet();
        foreach (var owner in owners)
        {
            if (owner.Is(writer, FieldOwner.Update))
            {
                mine = owner.Fields;
            }
            else
            {
                result.Add(owner with { Fields = owner.Fields.Minus(changed).Minus(difference.Removed) });
            }
        }

        var now = mine.Union(changed).Minus(difference.Removed);
        var previous = owners.FirstOrDefault(owner => owner.Is(writer, FieldOwner.Update));
        result.Add(previous is not null && now.SameAs(previous.Fields) ? previous : Updating(kind, writer, now));
        ManagedFields.Write(next, result);
    }

    private static bool IsApplied(JsonObject value) => value["metadata"]?["annotations"] is JsonObject notes && notes.ContainsKey(LastApplied);

    private static FieldOwner Updating(ResourceKind kind, FieldWriter writer, FieldSet fields) => new(
        writer.Manager, FieldOwner.Update, kind.ApiVersion, writer.Subresource, ObjectMetadata.Timestamp(writer.Time), fields);
}
