using System.Text.Json.Nodes;

namespace Argosy.ControlPlane.Resources.Patching;

/// <summary>Who writes: the manager's name, the subresource written through, and when.</summary>
internal sealed record FieldWriter(string Manager, string? Subresource, DateTimeOffset Time);

/// <summary>The fields that one manager owns through one way of writing.</summary>
internal sealed record FieldOwner(string Manager, string Operation, string ApiVersion, string? Subresource, string? Time, FieldSet Fields)
{
    public const string Apply = "Apply";
    public const string Update = "Update";

    public bool Is(FieldWriter writer, string operation) =>
        Manager == writer.Manager && Operation == operation && Subresource == writer.Subresource;
}

/// <summary>The record in an object's metadata of who owns which field.</summary>
internal static class ManagedFields
{
    private const string Field = "managedFields";

    /// <summary>Fields that the API server keeps itself; nobody owns them.</summary>
    private static readonly FieldSet Unowned = FieldSet.Parse(JsonNode.Parse(
        """
        {"f:apiVersion":{},"f:kind":{},"f:metadata":{".":{},"f:name":{},"f:namespace":{},"f:uid":{},"f:resourceVersion":{},"f:generation":{},
        "f:creationTimestamp":{},"f:deletionTimestamp":{},"f:deletionGracePeriodSeconds":{},"f:selfLink":{},"f:generateName":{}}}
        """));

    public static bool AreTracked(JsonObject value) => value["metadata"]?[Field] is JsonArray { Count: > 0 };

    public static List<FieldOwner> Read(JsonObject value) =>
        [.. (value["metadata"]?[Field] as JsonArray ?? []).OfType<JsonObject>().Where(entry => entry.Count > 0).Select(Parse)];

    public static void Write(JsonObject value, IEnumerable<FieldOwner> owners)
    {
        var entries = owners.Where(owner => !owner.Fields.IsEmpty).Select(Render).ToArray<JsonNode?>();
        if (entries.Length == 0)
        {
            value.Metadata().Remove(Field);
        }
        else
        {
            value.Metadata()[Field] = new JsonArray(entries);
        }
    }

    /// <summary>The object as managers see it: without the record itself.</summary>
    public static JsonObject Without(JsonObject value)
    {
        var copy = value.DeepClone().AsObject();
        (copy["metadata"] as JsonObject)?.Remove(Field);
        return copy;
    }

    /// <summary>Leaves only what can be owned.</summary>
    public static FieldSet Ownable(FieldSet set) => set.Minus(Unowned);

    private static FieldOwner Parse(JsonObject entry) => new(
        entry.Text("manager") ?? "unknown",
        entry.Text("operation") ?? FieldOwner.Update,
        entry.Text("apiVersion") ?? "",
        entry.Text("subresource"),
        entry.Text("time"),
        FieldSet.Parse(entry["fieldsV1"]));

    private static JsonObject Render(FieldOwner owner)
    {
        var entry = new JsonObject
        {
            ["manager"] = owner.Manager,
            ["operation"] = owner.Operation,
            ["apiVersion"] = owner.ApiVersion,
            ["time"] = owner.Time,
            ["fieldsType"] = "FieldsV1",
            ["fieldsV1"] = owner.Fields.ToJson(),
        };
        if (owner.Subresource is not null)
        {
            entry["subresource"] = owner.Subresource;
        }

        return entry;
    }
}
