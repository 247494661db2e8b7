using System.Text.Json.Nodes;
using Argosy.ControlPlane.Dispatch;
using Argosy.ControlPlane.Resources;
using Google.Protobuf.Collections;

namespace Argosy.ControlPlane.Clusters;

/// <summary>What a cluster's status says of its agent and its size.</summary>
internal static class AgentStatus
{
    public static void Show(AgentAbout? about, JsonObject status)
    {
        if (about is null)
        {
            return;
        }

        var agent = new JsonObject { ["version"] = about.Hello.AgentVersion, ["runtime"] = about.Hello.Runtime };
        if (about.Hello.Facts.Count > 0)
        {
            agent["facts"] = new JsonObject(Sorted(about.Hello.Facts).Select(fact => KeyValuePair.Create(fact.Key, (JsonNode?)fact.Value)));
        }

        if (about.CertificateExpires is { } expires)
        {
            agent["certificateExpires"] = ObjectMetadata.Timestamp(expires);
        }

        status["agent"] = agent;
        if (about.Capacity is { } capacity)
        {
            status["capacity"] = new JsonObject
            {
                ["kubeNodes"] = capacity.KubeNodes,
                ["allocatable"] = Quantities(capacity.Allocatable),
                ["requested"] = Quantities(capacity.Requested),
            };
        }
    }

    /// <summary>In base units: millicores, bytes.</summary>
    private static JsonObject Quantities(MapField<string, long> quantities) =>
        new(Sorted(quantities).Select(quantity => KeyValuePair.Create(quantity.Key, (JsonNode?)quantity.Value)));

    private static IEnumerable<KeyValuePair<string, T>> Sorted<T>(MapField<string, T> map) => map.OrderBy(pair => pair.Key, StringComparer.Ordinal);
}
