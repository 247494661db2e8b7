using System.Text.Json.Nodes;

namespace Argosy.ClusterAgent.Podless.Resources;

/// <summary>
/// Writes the default protocol, TCP, where a port of Kubernetes' own kinds names none. It is part of what tells one port from another, and API servers
/// before 1.21 refuse to apply a list in which it is left out (kubernetes-sigs/structured-merge-diff#130).
/// </summary>
internal static class PortProtocols
{
    private static readonly string[] Versions = ["v1", "apps/", "batch/"];

    public static void Complete(JsonObject item)
    {
        if ((string?)item["apiVersion"] is { } version && Versions.Any(own => own.EndsWith('/') ? version.StartsWith(own, StringComparison.Ordinal) : version == own))
        {
            CompleteBelow(item);
        }
    }

    private static void CompleteBelow(JsonNode? node)
    {
        switch (node)
        {
            case JsonArray array:
                foreach (var entry in array)
                {
                    CompleteBelow(entry);
                }

                break;
            case JsonObject item:
                foreach (var port in (item["ports"] as JsonArray ?? []).OfType<JsonObject>())
                {
                    if (!port.ContainsKey("protocol") && (port.ContainsKey("port") || port.ContainsKey("containerPort")))
                    {
                        port["protocol"] = "TCP";
                    }
                }

                foreach (var (_, value) in item)
                {
                    CompleteBelow(value);
                }

                break;
        }
    }
}
