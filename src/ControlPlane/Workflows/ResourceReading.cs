using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;
using Argosy.Engine.Workflows;

namespace Argosy.ControlPlane.Workflows;

/// <summary>Reads the objects that a workflow's evaluation asks for.</summary>
internal static class ResourceReading
{
    /// <returns>A ConfigMap's data, a template's spec; null when there is no such object.</returns>
    public static async Task<JsonObject?> ReadAsync(IResources resources, string @namespace, ResourceRef reference)
    {
        var key = reference.Kind switch
        {
            ResourceRefKind.ConfigMap => new ResourceKey(Kinds.ConfigMap, @namespace, reference.Name),
            ResourceRefKind.WorkflowTemplate => new ResourceKey(Kinds.WorkflowTemplate, @namespace, reference.Name),
            ResourceRefKind.ClusterWorkflowTemplate => new ResourceKey(Kinds.ClusterWorkflowTemplate, null, reference.Name),
        };
        var found = await resources.FindAsync(key, CancellationToken.None);
        var content = reference.Kind == ResourceRefKind.ConfigMap ? found?["data"] ?? (found is null ? null : new JsonObject()) : found?["spec"];
        return content?.DeepClone() as JsonObject;
    }
}
