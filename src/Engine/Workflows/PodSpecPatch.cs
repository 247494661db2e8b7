using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;
using Argosy.Engine.Manifests;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>
/// Kubernetes' strategic merge of a pod spec: objects merge, null removes, lists whose entries have a key merge by it, others are replaced;
/// <c>$patch: delete</c> and <c>$patch: replace</c> are understood.
/// </summary>
internal static class PodSpecPatch
{
    private const string Directive = "$patch";

    /// <summary>The merge keys of core/v1's PodSpec and of what it holds.</summary>
    private static readonly Dictionary<string, string> MergeKeys = new(StringComparer.Ordinal)
    {
        ["containers"] = "name", ["initContainers"] = "name", ["ephemeralContainers"] = "name", ["volumes"] = "name", ["env"] = "name",
        ["volumeMounts"] = "mountPath", ["volumeDevices"] = "devicePath", ["ports"] = "containerPort", ["imagePullSecrets"] = "name",
        ["hostAliases"] = "ip", ["topologySpreadConstraints"] = "topologyKey", ["resourceClaims"] = "name", ["schedulingGates"] = "name",
    };

    /// <param name="spec">What is patched; it is changed.</param>
    /// <param name="patch">JSON or YAML; null or empty: nothing to do.</param>
    /// <exception cref="ExpressionException">The patch is neither JSON nor YAML, or no object.</exception>
    public static JsonObject Apply(JsonObject spec, string? patch)
    {
        if (string.IsNullOrWhiteSpace(patch))
        {
            return spec;
        }

        try
        {
            return ManifestReader.Read(patch) is [var read, ..] ? Merge(spec, read.Json) : spec;
        }
        catch (ManifestException malformed)
        {
            throw new ExpressionException($"invalid podSpecPatch: {malformed.Message}");
        }
    }

    private static JsonObject Merge(JsonObject under, JsonObject patch)
    {
        if (patch.Text(Directive) == "replace")
        {
            var replaced = (JsonObject)patch.DeepClone();
            replaced.Remove(Directive);
            return replaced;
        }

        foreach (var (field, value) in patch)
        {
            switch (value)
            {
                case null:
                    under.Remove(field);
                    break;
                case JsonObject deleted when deleted.Text(Directive) == "delete":
                    under.Remove(field);
                    break;
                case JsonObject inner when under[field] is JsonObject below:
                    var merged = Merge(below, inner);
                    if (!ReferenceEquals(merged, below))
                    {
                        under[field] = merged;
                    }

                    break;
                case JsonArray items when under[field] is JsonArray below && MergeKeys.TryGetValue(field, out var key):
                    MergeList(below, items, key);
                    break;
                default:
                    if (!field.StartsWith('$'))
                    {
                        under[field] = value.DeepClone();
                    }

                    break;
            }
        }

        return under;
    }

    private static void MergeList(JsonArray under, JsonArray patch, string key)
    {
        if (patch.OfType<JsonObject>().Any(item => item.Text(Directive) == "replace" && item.Text(key) is null))
        {
            under.Clear();
        }

        foreach (var item in patch.OfType<JsonObject>().Where(item => item.Text(key) is not null))
        {
            var at = under.ToList().FindIndex(other => (other as JsonObject).Text(key) == item.Text(key));
            if (item.Text(Directive) == "delete")
            {
                if (at >= 0)
                {
                    under.RemoveAt(at);
                }
            }
            else if (at < 0)
            {
                under.Add(item.DeepClone());
            }
            else if (Merge((JsonObject)under[at]!, item) is var merged && !ReferenceEquals(merged, under[at]))
            {
                under[at] = merged;
            }
        }
    }
}
