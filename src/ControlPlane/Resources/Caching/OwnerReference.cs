using System.Text.Json.Nodes;

namespace Argosy.ControlPlane.Resources.Caching;

/// <summary>An object that another one belongs to, in the same namespace or of the whole hub.</summary>
internal sealed record OwnerReference(string ApiVersion, string Kind, string Name, string Uid)
{
    public static IReadOnlyList<OwnerReference> Of(JsonObject value) => value["metadata"]?["ownerReferences"] is not JsonArray { Count: > 0 } list
        ? []
        :
        [
            .. list.OfType<JsonObject>()
                .Select(item => new OwnerReference(
                    item.Text("apiVersion") ?? "", item.Text("kind") ?? "", item.Text("name") ?? "", item.Text("uid") ?? ""))
                .Where(owner => owner.Uid.Length > 0),
        ];

    /// <summary>Takes the owner's name out of an object; false when it is not in it.</summary>
    public static bool Remove(JsonObject value, string uid)
    {
        if (value["metadata"]?["ownerReferences"] is not JsonArray list)
        {
            return false;
        }

        var removed = list.RemoveAll(item => (item as JsonObject)?.Text("uid") == uid) > 0;
        if (list.Count == 0)
        {
            value.Metadata().Remove("ownerReferences");
        }

        return removed;
    }
}
