using System.Text.Json.Nodes;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Kubernetes.Pods;

/// <summary>Which pods need the executor. A step that needs nothing gets nothing.</summary>
internal static class ExecutorNeed
{
    // Whoever names one of these counts on the folder being there.
    private static readonly string[] Promises = ["ARGO_PROGRESS_FILE", "/var/run/argo"];

    public static bool Of(PodIntent intent, JsonObject template) =>
        intent.CaptureResult
        || intent.InputArtifacts.Count > 0
        || intent.OutputParameters.Count > 0
        || intent.OutputArtifacts.Any(artifact => artifact.LogOf.Length == 0)
        || template["script"] is JsonObject
        || template["containerSet"] is JsonObject
        || template["sidecars"] is JsonArray { Count: > 0 }
        || Promises.Any(promise => intent.TemplateJson.Contains(promise, StringComparison.Ordinal));
}
