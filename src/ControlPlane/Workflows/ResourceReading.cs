using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;
using Argosy.Engine.Workflows;

namespace Argosy.ControlPlane.Workflows;

/// <summary>Reads the objects that a workflow's evaluation asks for.</summary>
internal sealed class ResourceReading(IResources resources) : IOrderAnswer
{
    public async ValueTask<WorkflowInput?> AnswerAsync(WorkflowState state, WorkflowOrder order) =>
        order is ReadResource read ? new ResourceAnswered(read.Resource, await ReadAsync(state.Namespace, read.Resource)) : null;

    /// <returns>A ConfigMap's data, a template's spec; null when there is no such object.</returns>
    private async Task<JsonObject?> ReadAsync(string @namespace, ResourceRef reference)
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
