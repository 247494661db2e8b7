using System.Text.Json.Nodes;

namespace Argosy.ControlPlane.Clusters;

/// <summary>What runs the pods of a cluster, as its object says in <c>spec.runtime</c>: nothing (Kubernetes) or <c>embedded</c>.</summary>
internal static class ClusterRuntime
{
    public const string Field = "runtime";
    public const string Embedded = "embedded";

    public static bool IsEmbedded(JsonObject? cluster) =>
        (cluster?["spec"] as JsonObject)?[Field] is JsonValue runtime && runtime.TryGetValue<string>(out var name) && name == Embedded;
}
