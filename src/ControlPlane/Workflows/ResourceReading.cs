using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;
using Argosy.Engine.Manifests;
using Argosy.Engine.Workflows;

namespace Argosy.ControlPlane.Workflows;

/// <summary>Reads the objects that a workflow's evaluation asks for.</summary>
internal sealed class ResourceReading(IResources resources, Baselines baselines, WorkflowSettings settings) : IOrderAnswer
{
    private const string DefaultRepositoryAnnotation = "workflows.argoproj.io/default-artifact-repository";

    public async ValueTask<WorkflowInput?> AnswerAsync(WorkflowState state, WorkflowOrder order) =>
        order is ReadResource read ? new ResourceAnswered(read.Resource, await ReadAsync(state.Namespace, read.Resource)) : null;

    /// <returns>What the reference's kind says is read of it; null when there is no such object.</returns>
    private async Task<JsonObject?> ReadAsync(string @namespace, ResourceRef reference) => reference.Kind switch
    {
        ResourceRefKind.ConfigMap => await FindAsync(Kinds.ConfigMap, @namespace, reference) is { } map ? PartOf(map, "data") ?? [] : null,
        ResourceRefKind.WorkflowTemplate => PartOf(await FindAsync(Kinds.WorkflowTemplate, @namespace, reference), "spec"),
        ResourceRefKind.ClusterWorkflowTemplate => PartOf(await FindAsync(Kinds.ClusterWorkflowTemplate, null, reference), "spec"),
        ResourceRefKind.ArtifactRepositories => Repositories(await FindAsync(Kinds.ConfigMap, @namespace, reference), @namespace),
        ResourceRefKind.HubArtifactRepositories =>
            Repositories(await FindAsync(Kinds.ConfigMap, settings.SystemNamespace, reference), settings.SystemNamespace),
        ResourceRefKind.Baseline => (await baselines.FindAsync(@namespace, reference.Name))?.DeepClone() as JsonObject,
    };

    private ValueTask<JsonObject?> FindAsync(ResourceKind kind, string? @namespace, ResourceRef reference) =>
        resources.FindAsync(new ResourceKey(kind, @namespace, reference.Name), CancellationToken.None);

    private static JsonObject? PartOf(JsonObject? found, string field) => found?[field]?.DeepClone() as JsonObject;

    private static JsonObject? Repositories(JsonObject? map, string @namespace) => map is null ? null : new JsonObject
    {
        ["data"] = PartOf(map, "data") ?? [],
        ["annotations"] = (map["metadata"]?["annotations"] as JsonObject)?.DeepClone() ?? new JsonObject(),
        ["namespace"] = @namespace,
    };
}
