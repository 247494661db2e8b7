using System.Text.Json;
using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;

namespace Argosy.ControlPlane.Resources.Patching;

/// <summary>
/// Server-side apply: a manager says what it wants, whole; the object gets that, loses what the manager wanted before and no longer does
/// (unless another owns it too), and keeps all else. Changing what another manager owns is a conflict, unless forced.
/// </summary>
internal static class ServerSideApply
{
    private const string BeforeFirstApply = "before-first-apply";
    private const string Kubectl = "kubectl";

    /// <summary>The new object that a first apply makes.</summary>
    public static JsonObject Begin(ResourceKind kind, JsonObject applied, FieldWriter writer)
    {
        var manifest = Wanted(applied);
        ManagedFields.Write(manifest, [Applying(kind, writer, FieldsOf(kind, manifest))]);
        return manifest;
    }

    /// <summary>The object after the apply.</summary>
    /// <exception cref="ApiException">409 Conflict, with every field in dispute.</exception>
    public static JsonObject Apply(ResourceKind kind, JsonObject existing, JsonObject applied, FieldWriter writer, bool force)
    {
        var shape = FieldTree.ShapeOf(kind);
        var live = ManagedFields.Without(existing);
        var wanted = Wanted(applied);
        var fields = FieldsOf(kind, wanted);
        var owners = Owners(kind, existing, writer);
        var mine = owners.FirstOrDefault(owner => owner.Is(writer, FieldOwner.Apply));
        var others = owners.Where(owner => owner != mine).ToList();

        var merged = Merge(live, wanted, shape)!.AsObject();
        var changed = FieldTree.Compare(live, merged, shape).Changed;
        var disputes = others.Select(owner => (Owner: owner, Fields: owner.Fields.Intersect(changed)))
            .Where(dispute => !dispute.Fields.IsEmpty).ToList();
        var inherited = Inherited(kind, live, writer);
        var refused = disputes.Select(dispute => (dispute.Owner, Fields: dispute.Fields.Minus(inherited)))
            .Where(dispute => !dispute.Fields.IsEmpty).ToList();
        if (refused.Count > 0 && !force)
        {
            throw ApplyConflict.Of(refused);
        }

        var abandoned = (mine?.Fields ?? new FieldSet()).Minus(fields);
        var kept = others.Aggregate(fields, (all, owner) => all.Union(owner.Fields));
        Prune(merged, shape, abandoned, kept);

        var removed = FieldTree.Compare(live, merged, shape).Removed;
        var remaining = others.Select(owner => owner with
        {
            Fields = owner.Fields.Minus(disputes.FirstOrDefault(dispute => dispute.Owner == owner).Fields).Minus(removed),
        });
        var now = mine is not null && mine.Fields.SameAs(fields) && JsonNode.DeepEquals(live, merged) ? mine : Applying(kind, writer, fields);
        ManagedFields.Write(merged, remaining.Append(now));
        return merged;
    }

    /// <summary>
    /// What kubectl may take over without force: the fields that it applied earlier on the client's side, as its annotation remembers.
    /// </summary>
    private static FieldSet Inherited(ResourceKind kind, JsonObject live, FieldWriter writer)
    {
        var remembered = writer.Manager == Kubectl ? (live["metadata"]?["annotations"] as JsonObject)?.Text(FieldTracking.LastApplied) : null;
        try
        {
            return remembered is not null && JsonNode.Parse(remembered) is JsonObject earlier ? FieldsOf(kind, earlier) : new FieldSet();
        }
        catch (JsonException)
        {
            return new FieldSet(); // an annotation that someone broke remembers nothing
        }
    }

    /// <summary>An object that nobody applied yet belongs to those who made it, under a name that stands for them all.</summary>
    private static List<FieldOwner> Owners(ResourceKind kind, JsonObject existing, FieldWriter writer)
    {
        if (ManagedFields.AreTracked(existing))
        {
            return ManagedFields.Read(existing);
        }

        var owned = ManagedFields.Without(existing);
        if (kind.HasStatus)
        {
            owned.Remove("status"); // the hub's, whoever made the object
        }

        return
        [
            new FieldOwner(
                BeforeFirstApply, FieldOwner.Update, kind.ApiVersion, null, ObjectMetadata.Timestamp(writer.Time), FieldsOf(kind, owned)),
        ];
    }

    private static FieldSet FieldsOf(ResourceKind kind, JsonObject value) =>
        ManagedFields.Ownable(FieldTree.Collect(value, FieldTree.ShapeOf(kind)));

    private static FieldOwner Applying(ResourceKind kind, FieldWriter writer, FieldSet fields) => new(
        writer.Manager, FieldOwner.Apply, kind.ApiVersion, writer.Subresource, ObjectMetadata.Timestamp(writer.Time), fields);

    /// <summary>The applied configuration without what cannot be applied and without nulls, which mean "not set".</summary>
    private static JsonObject Wanted(JsonObject applied)
    {
        var wanted = ManagedFields.Without(applied);
        WithoutNulls(wanted);
        return wanted;
    }

    private static void WithoutNulls(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                foreach (var (name, value) in map.ToList())
                {
                    if (value is null)
                    {
                        map.Remove(name);
                    }
                    else
                    {
                        WithoutNulls(value);
                    }
                }

                break;
            case JsonArray list:
                foreach (var element in list)
                {
                    WithoutNulls(element);
                }

                break;
        }
    }

    private static JsonNode? Merge(JsonNode? live, JsonNode? wanted, SchemaShape shape)
    {
        if (FieldTree.Parts(live, shape) is not { } liveParts || FieldTree.Parts(wanted, shape) is not { } wantedParts)
        {
            return wanted?.DeepClone();
        }

        var changes = wantedParts.DistinctBy(part => part.Step).ToDictionary(part => part.Step);
        var parts = liveParts.Select(part => changes.Remove(part.Step, out var change)
            ? part with { Value = Merge(part.Value, change.Value, part.Shape) }
            : part with { Value = part.Value?.DeepClone() }).ToList();
        parts.AddRange(wantedParts.Where(part => changes.ContainsKey(part.Step)).Select(part => part with { Value = part.Value?.DeepClone() }));
        return live is JsonObject
            ? new JsonObject(parts.Select(part => KeyValuePair.Create(part.Step[2..], part.Value)))
            : new JsonArray([.. parts.Select(part => part.Value)]);
    }

    /// <summary>Removes what is abandoned and that nobody keeps; containers that this empties go as well.</summary>
    private static void Prune(JsonNode value, SchemaShape shape, FieldSet abandoned, FieldSet? kept)
    {
        foreach (var part in FieldTree.Parts(value, shape) ?? [])
        {
            if (abandoned.Find(part.Step) is not { IsEmpty: false } gone)
            {
                continue;
            }

            var keeping = kept?.Find(part.Step);
            if (gone.Included && keeping is null or { IsEmpty: true })
            {
                Remove(value, part);
            }
            else if (part.Value is not null)
            {
                Prune(part.Value, part.Shape, gone, keeping);
                if (part.Value is JsonObject { Count: 0 } or JsonArray { Count: 0 } && keeping is null or { IsEmpty: true })
                {
                    Remove(value, part);
                }
            }
        }
    }

    private static void Remove(JsonNode container, FieldPart part)
    {
        if (container is JsonObject map)
        {
            map.Remove(part.Step[2..]);
        }
        else if (container is JsonArray list)
        {
            list.Remove(part.Value);
        }
    }
}
