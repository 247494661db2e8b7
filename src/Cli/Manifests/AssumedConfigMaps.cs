using System.Text.Json.Nodes;
using Argosy.Cli.Client;

namespace Argosy.Cli.Manifests;

/// <summary>
/// ConfigMaps that manifests refer to and do not bring along. As in an offline lint they count as existing: each key that is asked for is
/// there, empty where a parameter comes from it, 1 where it is the limit of a semaphore.
/// </summary>
internal static class AssumedConfigMaps
{
    public static JsonObject? Find(string name, IEnumerable<JsonObject> manifests)
    {
        var data = new JsonObject();
        foreach (var manifest in manifests)
        {
            Collect(name, manifest, "", data);
        }

        return data.Count > 0 ? data : null;
    }

    private static void Collect(string name, JsonNode? node, string field, JsonObject data)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list)
            {
                Collect(name, item, field, data);
            }

            return;
        }

        foreach (var (key, value) in node as JsonObject ?? [])
        {
            if (key == "configMapKeyRef" && value.Text("name") is { } named && value.Text("key") is { } wanted)
            {
                Assume(name, named, wanted, field, data);
            }
            else
            {
                Collect(name, value, key, data);
            }
        }
    }

    // A name that is worked out may be any.
    private static void Assume(string name, string named, string key, string field, JsonObject data)
    {
        if (named == name || named.Contains("{{", StringComparison.Ordinal))
        {
            data[key] = field.StartsWith("semaphore", StringComparison.Ordinal) ? "1" : "";
        }
    }
}
