using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Argosy.ControlPlane.ArgoServer;

/// <summary>A kind of stored manifest: where Argo Server serves it, and in which field of a body it travels.</summary>
internal sealed record ManifestApi(ResourceKind Kind, string Collection, string Field)
{
    public static readonly ManifestApi WorkflowTemplates = new(Kinds.WorkflowTemplate, "/workflow-templates", "template");

    public static readonly ManifestApi ClusterWorkflowTemplates = new(Kinds.ClusterWorkflowTemplate, "/cluster-workflow-templates", "template");

    public static readonly ManifestApi CronWorkflows = new(Kinds.CronWorkflow, "/cron-workflows", "cronWorkflow");
}

/// <summary>Stored manifests as objects: the same calls for all kinds; a cluster-scoped one has no namespace in its path.</summary>
internal static class ManifestEndpoints
{
    /// <summary>Annotations in which the hub keeps what it must not forget; a user's copy of the object may be older.</summary>
    private const string HubAnnotations = "cronworkflows.argoproj.io/";

    public static void MapManifests(this IEndpointRouteBuilder api, ManifestApi manifests)
    {
        var (kind, field) = (manifests.Kind, manifests.Field);
        if (kind.Namespaced)
        {
            api.MapGet(manifests.Collection, (HttpRequest request, IResources resources, CancellationToken cancellationToken) =>
                ListAsync(kind, request, resources, cancellationToken));
        }

        var group = api.MapGroup(kind.Namespaced ? manifests.Collection + "/{ns}" : manifests.Collection);
        group.MapGet("", (HttpRequest request, IResources resources, CancellationToken cancellationToken) =>
            ListAsync(kind, request, resources, cancellationToken));
        group.MapPost("", (HttpRequest request, IResources resources, CancellationToken cancellationToken) =>
            CreateAsync(kind, field, request, resources, cancellationToken));
        group.MapPost("/lint", (HttpRequest request, IManifestLint lint, CancellationToken cancellationToken) =>
            LintAsync(field, request, lint, cancellationToken));
        group.MapGet("/{name}", (string name, HttpRequest request, IResources resources, CancellationToken cancellationToken) =>
            GetAsync(Key(kind, request, name), resources, cancellationToken));
        group.MapPut("/{name}", (string name, HttpRequest request, IResources resources, CancellationToken cancellationToken) =>
            UpdateAsync(Key(kind, request, name), field, request, resources, cancellationToken));
        group.MapDelete("/{name}", (string name, HttpRequest request, IResources resources, CancellationToken cancellationToken) =>
            DeleteAsync(Key(kind, request, name), resources, cancellationToken));
    }

    /// <summary>Whether a cron workflow skips every instant.</summary>
    public static void MapCronVerbs(this IEndpointRouteBuilder api)
    {
        api.MapPut("/cron-workflows/{ns}/{name}/suspend", (string ns, string name, IResources resources, CancellationToken cancellationToken) =>
            SuspendAsync(ns, name, true, resources, cancellationToken));
        api.MapPut("/cron-workflows/{ns}/{name}/resume", (string ns, string name, IResources resources, CancellationToken cancellationToken) =>
            SuspendAsync(ns, name, false, resources, cancellationToken));
    }

    private static async Task<JsonAnswer> SuspendAsync(
        string ns, string name, bool suspend, IResources resources, CancellationToken cancellationToken)
    {
        var key = new ResourceKey(Kinds.CronWorkflow, ns, name);
        var stored = await resources.ModifyAsync(key, cron => SetSuspended(cron, suspend), cancellationToken);
        return new(stored ?? throw WorkflowNames.NotFound(key));
    }

    private static bool SetSuspended(JsonObject cron, bool suspend)
    {
        cron.Ensure("spec")["suspend"] = suspend;
        return true;
    }

    private static async Task<JsonAnswer> ListAsync(
        ResourceKind kind, HttpRequest request, IResources resources, CancellationToken cancellationToken)
    {
        var query = ListQuery.Of(request);
        var manifests = await resources.ListAsync(kind, Namespace(request), query.LabelSelector, cancellationToken);
        var list = query.Page(kind.ApiVersion, kind.Kind, manifests, manifest => (JsonObject)manifest.DeepClone());
        return new(FieldMask.Parse(request.Query["fields"])?.Trim(list) ?? list);
    }

    private static async Task<JsonAnswer> GetAsync(ResourceKey key, IResources resources, CancellationToken cancellationToken) =>
        new(await resources.GetAsync(key, cancellationToken));

    private static async Task<JsonAnswer> CreateAsync(
        ResourceKind kind, string field, HttpRequest request, IResources resources, CancellationToken cancellationToken)
    {
        var manifest = await request.ReadManifestAsync(field, cancellationToken);
        var @namespace = Namespace(request);
        if (@namespace is not null)
        {
            ManifestErrors.InNamespace(manifest, @namespace);
        }

        return new(await resources.CreateAsync(kind, @namespace, manifest, cancellationToken));
    }

    private static async Task<JsonAnswer> UpdateAsync(
        ResourceKey key, string field, HttpRequest request, IResources resources, CancellationToken cancellationToken)
    {
        var manifest = await request.ReadManifestAsync(field, cancellationToken);
        var wanted = manifest.TextAt("metadata", "resourceVersion");
        var stored = await resources.ModifyAsync(key, existing => Replace(existing, manifest, wanted, key), cancellationToken);
        return new(stored ?? throw WorkflowNames.NotFound(key));
    }

    private static async Task<JsonAnswer> LintAsync(string field, HttpRequest request, IManifestLint lint, CancellationToken cancellationToken)
    {
        var manifest = await request.ReadManifestAsync(field, cancellationToken);
        var @namespace = Namespace(request);
        if (@namespace is not null)
        {
            ManifestErrors.InNamespace(manifest, @namespace);
        }

        ManifestErrors.ThrowIfAny(manifest, lint.Lint(manifest, @namespace ?? ""));
        return new(manifest);
    }

    private static async Task<JsonAnswer> DeleteAsync(ResourceKey key, IResources resources, CancellationToken cancellationToken) =>
        await resources.DeleteAsync(key, cancellationToken) ? new JsonAnswer(new JsonObject()) : throw WorkflowNames.NotFound(key);

    private static bool Replace(JsonObject existing, JsonObject manifest, string? expectedVersion, ResourceKey key)
    {
        if (!string.IsNullOrEmpty(expectedVersion) && expectedVersion != existing.TextAt("metadata", "resourceVersion"))
        {
            throw new ApiException(409, "Conflict",
                $"{key.Kind.Plural}.{key.Kind.Group} \"{key.Name}\" has changed since version {expectedVersion}: get it again and repeat the change");
        }

        existing["spec"] = manifest["spec"]?.DeepClone();
        var metadata = existing.Ensure("metadata");
        metadata["labels"] = manifest.At("metadata", "labels")?.DeepClone() ?? new JsonObject();
        var kept = metadata["annotations"] as JsonObject;
        var annotations = manifest.At("metadata", "annotations")?.DeepClone() as JsonObject ?? [];
        foreach (var (name, value) in kept ?? [])
        {
            if (name.StartsWith(HubAnnotations, StringComparison.Ordinal))
            {
                annotations[name] = value?.DeepClone();
            }
        }

        metadata["annotations"] = annotations;
        return true;
    }

    private static ResourceKey Key(ResourceKind kind, HttpRequest request, string name) => new(kind, Namespace(request), name);

    private static string? Namespace(HttpRequest request) => request.RouteValues.GetValueOrDefault("ns") as string;
}
