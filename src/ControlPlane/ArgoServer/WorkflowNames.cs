using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;

namespace Argosy.ControlPlane.ArgoServer;

/// <summary>Finds workflows by the names that Argo's clients give them.</summary>
internal static class WorkflowNames
{
    /// <summary>Stands for the workflow of the namespace that was created last.</summary>
    public const string Latest = "@latest";

    /// <summary>The name itself, or for <c>@latest</c> the name it stands for.</summary>
    public static async ValueTask<string> ResolveNameAsync(
        this IResources resources, string @namespace, string name, CancellationToken cancellationToken)
    {
        if (name != Latest)
        {
            return name;
        }

        var workflows = await resources.ListAsync(Kinds.Workflow, @namespace, labelSelector: null, cancellationToken);
        return workflows
            .OrderByDescending(item => item.TextAt("metadata", "creationTimestamp"), StringComparer.Ordinal)
            .ThenByDescending(Version)
            .Select(item => item.TextAt("metadata", "name"))
            .FirstOrDefault() ?? throw new ApiException(404, "NotFound", $"no workflows in namespace {@namespace}");
    }

    public static async ValueTask<JsonObject> GetWorkflowAsync(
        this IResources resources, string @namespace, string name, CancellationToken cancellationToken)
    {
        var found = await resources.ResolveNameAsync(@namespace, name, cancellationToken);
        return await resources.GetAsync(new(Kinds.Workflow, @namespace, found), cancellationToken);
    }

    /// <exception cref="ApiException">404 in Kubernetes' words: there is no such object.</exception>
    public static async ValueTask<JsonObject> GetAsync(this IResources resources, ResourceKey key, CancellationToken cancellationToken) =>
        await resources.FindAsync(key, cancellationToken) ?? throw NotFound(key);

    public static ApiException NotFound(ResourceKey key) =>
        new(404, "NotFound", $"{key.Kind.Plural}.{key.Kind.Group} \"{key.Name}\" not found");

    private static long Version(JsonObject item) => long.TryParse(item.TextAt("metadata", "resourceVersion"), out var version) ? version : 0;
}
