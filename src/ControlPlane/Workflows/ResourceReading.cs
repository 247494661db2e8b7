using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;
using Argosy.Engine.Manifests;
using Argosy.Engine.Workflows;

namespace Argosy.ControlPlane.Workflows;

/// <summary>Reads the objects that a workflow's evaluation asks for.</summary>
internal sealed class ResourceReading(IResources resources) : IOrderAnswer
{
    private const string DefaultRepositoryAnnotation = "workflows.argoproj.io/default-artifact-repository";

    public async ValueTask<WorkflowInput?> AnswerAsync(WorkflowState state, WorkflowOrder order) =>
        order is ReadResource read ? new ResourceAnswered(read.Resource, await ReadAsync(state.Namespace, read.Resource)) : null;

    /// <returns>A ConfigMap's data, a template's spec; null when there is no such object.</returns>
    private async Task<JsonObject?> ReadAsync(string @namespace, ResourceRef reference)
    {
        if (reference.Kind == ResourceRefKind.ArtifactRepository)
        {
            return await ReadRepositoryAsync(@namespace, reference.Name);
        }

        var key = reference.Kind switch
        {
            ResourceRefKind.ConfigMap => new ResourceKey(Kinds.ConfigMap, @namespace, reference.Name),
            ResourceRefKind.WorkflowTemplate => new ResourceKey(Kinds.WorkflowTemplate, @namespace, reference.Name),
            ResourceRefKind.ClusterWorkflowTemplate => new ResourceKey(Kinds.ClusterWorkflowTemplate, null, reference.Name),
            ResourceRefKind.ArtifactRepository => throw new InvalidOperationException("a repository is a part of an object"),
        };
        var found = await resources.FindAsync(key, CancellationToken.None);
        var content = reference.Kind == ResourceRefKind.ConfigMap ? found?["data"] ?? (found is null ? null : new JsonObject()) : found?["spec"];
        return content?.DeepClone() as JsonObject;
    }

    /// <param name="name">The ConfigMap's name and the repository's key, with a slash between them.</param>
    private async Task<JsonObject?> ReadRepositoryAsync(string @namespace, string name)
    {
        var parts = name.Split('/', 2);
        var found = await resources.FindAsync(new ResourceKey(Kinds.ConfigMap, @namespace, parts[0]), CancellationToken.None);
        var key = parts[1].Length > 0 ? parts[1] : (string?)found?["metadata"]?["annotations"]?[DefaultRepositoryAnnotation];
        if (key is null || (string?)found?["data"]?[key] is not { } yaml)
        {
            return null;
        }

        try
        {
            return ManifestReader.Read(yaml) is [var repository, ..] ? repository.Json : null;
        }
        catch (ManifestException)
        {
            return []; // names no storage: whoever needs it is told so
        }
    }
}
