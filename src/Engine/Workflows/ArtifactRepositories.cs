using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>
/// Which artifact repository a workflow uses. Named by the spec: a key of a ConfigMap in the workflow's namespace, else in the hub's, else
/// an error. Not named: the default key of ConfigMap <c>artifact-repositories</c> in the workflow's namespace, else the hub's default.
/// </summary>
internal static class ArtifactRepositories
{
    private const string DefaultName = "artifact-repositories";
    private const string DefaultKeyAnnotation = "workflows.argoproj.io/default-artifact-repository";

    /// <summary>The choice, or what has to be read before it can be made, or why there is none.</summary>
    public readonly record struct Choice(JsonObject? Reference, ResourceRef? Missing, string? Error);

    /// <summary>Whether anything in the spec may need a repository: others are spared the look.</summary>
    public static bool AreNeeded(WorkflowSpec spec) => spec.NeedsArtifactRepository;

    public static Choice Choose(WorkflowState state)
    {
        var reference = state.Spec!.Json.Object("artifactRepositoryRef") is { Count: > 0 } named ? named : null;
        var name = reference.Text("configMap") ?? DefaultName;
        var own = new ResourceRef(ResourceRefKind.ArtifactRepositories, name);
        if (!state.Resources.TryGetValue(own, out var content))
        {
            return new Choice(null, own, null);
        }

        // A ConfigMap that calls none of its repositories the default says nothing about a workflow that names none.
        if (content is not null && (reference is not null || content.Object("annotations").Text(DefaultKeyAnnotation) is not null))
        {
            return Read(content, reference, state.Namespace, name);
        }

        if (reference is null)
        {
            return new Choice(Default(state), null, null);
        }

        var shared = new ResourceRef(ResourceRefKind.HubArtifactRepositories, name);
        if (!state.Resources.TryGetValue(shared, out content))
        {
            return new Choice(null, shared, null);
        }

        return content is not null
            ? Read(content, reference, content.Text("namespace") ?? "", name)
            : new Choice(null, null, $"failed to find artifact repository ref \"{state.Namespace}/{name}#{reference.Text("key")}\": configmaps \"{name}\" not found");
    }

    private static JsonObject Default(WorkflowState state) => new()
    {
        ["default"] = true,
        ["artifactRepository"] = state.HubSettings?.ArtifactRepository?.DeepClone() ?? new JsonObject(),
    };

    private static Choice Read(JsonObject content, JsonObject? reference, string @namespace, string name)
    {
        var key = reference.Text("key") ?? content.Object("annotations").Text(DefaultKeyAnnotation) ?? "";
        var described = $"{@namespace}/{name}#{key}";
        if (content.Object("data").Text(key) is not { } text)
        {
            return new Choice(null, null, $"failed to find artifact repository ref \"{described}\": config map missing key \"{key}\" for artifact repository ref \"{described}\"");
        }

        JsonNode? repository;
        try
        {
            repository = YamlDocuments.Read(text) is [var document, ..] ? document.Node : null;
        }
        catch (ManifestException malformed)
        {
            return new Choice(null, null, $"failed to find artifact repository ref \"{described}\": {malformed.Message}");
        }

        return new Choice(
            new JsonObject
            {
                ["artifactRepository"] = repository as JsonObject ?? [],
                ["configMap"] = name,
                ["key"] = key,
                ["namespace"] = @namespace,
            },
            null,
            null);
    }
}
