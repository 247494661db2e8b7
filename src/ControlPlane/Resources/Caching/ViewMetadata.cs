using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Argosy.ControlPlane.Resources.Caching;

/// <summary>Completes what a view renders to an object that clients accept; the same view comes out the same after a restart.</summary>
internal static class ViewMetadata
{
    public static JsonObject Complete(
        ResourceKey key, long resourceVersion, IReadOnlyDictionary<string, string> labels, JsonObject rendered)
    {
        rendered["apiVersion"] = key.Kind.ApiVersion;
        rendered["kind"] = key.Kind.Kind;
        var metadata = rendered.Metadata();
        metadata["name"] = key.Name;
        if (key.Namespace is not null)
        {
            metadata["namespace"] = key.Namespace;
        }

        metadata["uid"] ??= StableUid(key);
        metadata["resourceVersion"] = resourceVersion.ToString(CultureInfo.InvariantCulture);
        if (labels.Count > 0)
        {
            metadata["labels"] = new JsonObject(labels.Select(label => KeyValuePair.Create<string, JsonNode?>(label.Key, label.Value)));
        }

        return rendered;
    }

    private static string StableUid(ResourceKey key)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{key.Kind.QualifiedPlural()}/{key.Namespace}/{key.Name}"));
        return new Guid(hash.AsSpan(0, 16)).ToString();
    }
}
