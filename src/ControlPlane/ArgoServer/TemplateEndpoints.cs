using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Argosy.ControlPlane.ArgoServer;

/// <summary>A kind of template and where Argo Server serves it.</summary>
internal sealed record TemplateApi(ResourceKind Kind, string Path)
{
    public static readonly TemplateApi Namespaced = new(Kinds.WorkflowTemplate, "/workflow-templates/{ns}");

    public static readonly TemplateApi ClusterScoped = new(Kinds.ClusterWorkflowTemplate, "/cluster-workflow-templates");
}

/// <summary>Templates as objects: the same calls for both kinds; the cluster-scoped one has no namespace in its path.</summary>
internal static class TemplateEndpoints
{
    public static void MapTemplates(this IEndpointRouteBuilder api, TemplateApi templates)
    {
        var kind = templates.Kind;
        if (kind.Namespaced)
        {
            api.MapGet("/workflow-templates", (HttpRequest request, IResources resources, CancellationToken cancellationToken) =>
                ListAsync(kind, null, request, resources, cancellationToken));
        }

        var group = api.MapGroup(templates.Path);
        group.MapGet("", (HttpRequest request, IResources resources, CancellationToken cancellationToken) =>
            ListAsync(kind, Namespace(request), request, resources, cancellationToken));
        group.MapPost("", (HttpRequest request, IResources resources, CancellationToken cancellationToken) =>
            CreateAsync(kind, request, resources, cancellationToken));
        group.MapPost("/lint", (HttpRequest request, IManifestLint lint, CancellationToken cancellationToken) =>
            LintAsync(request, lint, cancellationToken));
        group.MapGet("/{name}", (string name, HttpRequest request, IResources resources, CancellationToken cancellationToken) =>
            GetAsync(Key(kind, request, name), resources, cancellationToken));
        group.MapPut("/{name}", (string name, HttpRequest request, IResources resources, CancellationToken cancellationToken) =>
            UpdateAsync(Key(kind, request, name), request, resources, cancellationToken));
        group.MapDelete("/{name}", (string name, HttpRequest request, IResources resources, CancellationToken cancellationToken) =>
            DeleteAsync(Key(kind, request, name), resources, cancellationToken));
    }

    private static async Task<JsonAnswer> ListAsync(
        ResourceKind kind, string? @namespace, HttpRequest request, IResources resources, CancellationToken cancellationToken)
    {
        var query = ListQuery.Of(request);
        var templates = await resources.ListAsync(kind, @namespace, query.LabelSelector, cancellationToken);
        var list = query.Page(kind.ApiVersion, kind.Kind, templates, template => (JsonObject)template.DeepClone());
        return new(FieldMask.Parse(request.Query["fields"])?.Trim(list) ?? list);
    }

    private static async Task<JsonAnswer> GetAsync(ResourceKey key, IResources resources, CancellationToken cancellationToken) =>
        new(await resources.GetAsync(key, cancellationToken));

    private static async Task<JsonAnswer> CreateAsync(
        ResourceKind kind, HttpRequest request, IResources resources, CancellationToken cancellationToken)
    {
        var template = await request.ReadManifestAsync("template", cancellationToken);
        var @namespace = Namespace(request);
        if (@namespace is not null)
        {
            ManifestErrors.InNamespace(template, @namespace);
        }

        return new(await resources.CreateAsync(kind, @namespace, template, cancellationToken));
    }

    private static async Task<JsonAnswer> UpdateAsync(
        ResourceKey key, HttpRequest request, IResources resources, CancellationToken cancellationToken)
    {
        var template = await request.ReadManifestAsync("template", cancellationToken);
        var wanted = template.TextAt("metadata", "resourceVersion");
        var stored = await resources.ModifyAsync(key, existing => Replace(existing, template, wanted, key), cancellationToken);
        return new(stored ?? throw WorkflowNames.NotFound(key));
    }

    private static async Task<JsonAnswer> LintAsync(HttpRequest request, IManifestLint lint, CancellationToken cancellationToken)
    {
        var template = await request.ReadManifestAsync("template", cancellationToken);
        var @namespace = Namespace(request);
        if (@namespace is not null)
        {
            ManifestErrors.InNamespace(template, @namespace);
        }

        ManifestErrors.ThrowIfAny(template, lint.Lint(template, @namespace ?? ""));
        return new(template);
    }

    private static async Task<JsonAnswer> DeleteAsync(ResourceKey key, IResources resources, CancellationToken cancellationToken) =>
        await resources.DeleteAsync(key, cancellationToken) ? new JsonAnswer(new JsonObject()) : throw WorkflowNames.NotFound(key);

    private static bool Replace(JsonObject existing, JsonObject template, string? expectedVersion, ResourceKey key)
    {
        if (!string.IsNullOrEmpty(expectedVersion) && expectedVersion != existing.TextAt("metadata", "resourceVersion"))
        {
            throw new ApiException(409, "Conflict",
                $"{key.Kind.Plural}.{key.Kind.Group} \"{key.Name}\" has changed since version {expectedVersion}: get it again and repeat the change");
        }

        existing["spec"] = template["spec"]?.DeepClone();
        var metadata = existing.Ensure("metadata");
        metadata["labels"] = template.At("metadata", "labels")?.DeepClone() ?? new JsonObject();
        metadata["annotations"] = template.At("metadata", "annotations")?.DeepClone() ?? new JsonObject();
        return true;
    }

    private static ResourceKey Key(ResourceKind kind, HttpRequest request, string name) => new(kind, Namespace(request), name);

    private static string? Namespace(HttpRequest request) => request.RouteValues.GetValueOrDefault("ns") as string;
}
