using System.Text.Json.Nodes;

namespace Argosy.ControlPlane.Resources.Patching;

/// <summary>
/// Kubernetes' strategic merge patch, for the core kinds: like a merge patch, but lists whose elements have an identity merge element by
/// element, and <c>$</c> directives delete, replace and order.
/// </summary>
internal static class StrategicMergePatch
{
    private const string Directive = "$patch";
    private const string RetainKeys = "$retainKeys";
    private const string DeleteFromList = "$deleteFromPrimitiveList/";
    private const string ElementOrder = "$setElementOrder/";

    /// <summary>The lists of the core kinds that merge, with the field that tells elements apart; empty: the elements themselves do.</summary>
    private static readonly Dictionary<string, string> MergeKeys = new(StringComparer.Ordinal)
    {
        ["ownerReferences"] = "uid",
        ["finalizers"] = "",
        ["conditions"] = "type",
    };

    /// <exception cref="ApiException">The patch is no object or holds an unknown directive.</exception>
    public static JsonNode Apply(JsonObject target, JsonNode? patch) => patch is JsonObject changes
        ? Merge(target, changes)
        : throw ApiErrors.BadRequest("a strategic merge patch must be an object");

    private static JsonObject Merge(JsonObject target, JsonObject patch)
    {
        switch (patch.Text(Directive))
        {
            case null or "merge":
                break;
            case "replace":
                return WithoutDirectives(patch);
            case "delete":
                return [];
            case var other:
                throw ApiErrors.BadRequest($"unknown {Directive} directive: {other}");
        }

        if (patch[RetainKeys] is JsonArray retained)
        {
            var kept = retained.Select(name => name?.ToString()).ToHashSet();
            foreach (var name in target.Select(entry => entry.Key).Where(name => !kept.Contains(name)).ToList())
            {
                target.Remove(name);
            }
        }

        foreach (var (name, change) in patch)
        {
            MergeField(target, name, change);
        }

        return target;
    }

    private static void MergeField(JsonObject target, string name, JsonNode? change)
    {
        if (name.StartsWith(DeleteFromList, StringComparison.Ordinal))
        {
            var list = name[DeleteFromList.Length..];
            var deleted = change as JsonArray ?? [];
            if (target[list] is JsonArray present)
            {
                target[list] = Copy(present.Where(element => !deleted.Any(gone => JsonNode.DeepEquals(gone, element))));
            }
        }
        else if (name.StartsWith(ElementOrder, StringComparison.Ordinal) || name is Directive or RetainKeys)
        {
            // The order of the merging lists of core kinds means nothing.
        }
        else if (change is null)
        {
            target.Remove(name);
        }
        else
        {
            target[name] = (target[name], change) switch
            {
                (JsonObject current, JsonObject changes) => Merge(current.DeepClone().AsObject(), changes),
                (_, JsonObject changes) => Merge([], changes),
                (JsonArray current, JsonArray changes) when MergeKeys.TryGetValue(name, out var key) => MergeList(current, changes, key),
                _ => change.DeepClone(),
            };
        }
    }

    private static JsonArray MergeList(JsonArray current, JsonArray changes, string key)
    {
        if (changes.OfType<JsonObject>().Any(change => change.Text(Directive) == "replace"))
        {
            return Copy(changes.Where(change => change is not JsonObject directive || directive.Text(Directive) is null));
        }

        var merged = Copy(current);
        foreach (var change in changes)
        {
            var at = merged.ToList().FindIndex(element => Same(element, change, key));
            if (change is JsonObject deletion && deletion.Text(Directive) == "delete")
            {
                if (at >= 0)
                {
                    merged.RemoveAt(at);
                }
            }
            else if (at < 0)
            {
                merged.Add(change is JsonObject added ? WithoutDirectives(added) : change?.DeepClone());
            }
            else if (merged[at] is JsonObject element && change is JsonObject changed)
            {
                merged[at] = Merge(element.DeepClone().AsObject(), changed);
            }
        }

        return merged;
    }

    private static bool Same(JsonNode? left, JsonNode? right, string key) => key.Length == 0
        ? JsonNode.DeepEquals(left, right)
        : left is JsonObject one && right is JsonObject other && one[key] is { } identity && JsonNode.DeepEquals(identity, other[key]);

    private static JsonObject WithoutDirectives(JsonObject patch)
    {
        var copy = patch.DeepClone().AsObject();
        foreach (var name in copy.Select(entry => entry.Key).Where(name => name.StartsWith('$')).ToList())
        {
            copy.Remove(name);
        }

        return copy;
    }

    private static JsonArray Copy(IEnumerable<JsonNode?> elements) => new([.. elements.Select(element => element?.DeepClone())]);
}
