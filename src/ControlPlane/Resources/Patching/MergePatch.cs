using System.Text.Json.Nodes;

namespace Argosy.ControlPlane.Resources.Patching;

/// <summary>JSON merge patch (RFC 7396): objects merge, null removes, all else replaces.</summary>
internal static class MergePatch
{
    /// <summary>Changes the target, where it is an object, in place.</summary>
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
        {
            return patch?.DeepClone();
        }

        var merged = target as JsonObject ?? [];
        foreach (var (name, change) in changes)
        {
            if (change is null)
            {
                merged.Remove(name);
                continue;
            }

            var current = merged[name];
            var next = Apply(current, change);
            if (!ReferenceEquals(current, next))
            {
                merged[name] = next;
            }
        }

        return merged;
    }
}
