using System.Text.Json.Nodes;
using Argosy.ControlPlane.Archive;
using Argosy.ControlPlane.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Argosy.ControlPlane.ArgoServer;

/// <summary>Workflows as objects: list, get, create, submit from a template, lint, delete.</summary>
internal static class WorkflowEndpoints
{
    public static void MapWorkflows(this IEndpointRouteBuilder api)
    {
        var workflows = api.MapGroup("/workflows");
        workflows.MapGet("/{ns?}", ListAsync);
        workflows.MapPost("/{ns}", CreateAsync);
        workflows.MapPost("/{ns}/submit", SubmitAsync);
        workflows.MapPost("/{ns}/lint", LintAsync);
        workflows.MapGet("/{ns}/{name}", GetAsync);
        workflows.MapDelete("/{ns}/{name}", DeleteAsync);
    }

    private static async Task<JsonAnswer> ListAsync(
        string? ns, HttpRequest request, IResources resources, IServiceProvider services, CancellationToken cancellationToken)
    {
        var query = ListQuery.Of(request);
        var live = await resources.ListAsync(Kinds.Workflow, ns, query.LabelSelector, cancellationToken);
        if (services.GetService<WorkflowArchive>() is not { } archive)
        {
            return Answer(request, query.Page(Kinds.Workflow.ApiVersion, Kinds.Workflow.Kind, live, WithoutNodes));
        }

        // What lives stands for its archived copy; of what was only archived, the page alone is read.
        var uids = (await resources.ListAsync(Kinds.Workflow, ns, null, cancellationToken)).Select(workflow => workflow.TextAt("metadata", "uid")).ToHashSet();
        var archived = (await archive.ListAsync(ns, query.LabelSelector, cancellationToken)).Where(workflow => !uids.Contains(workflow.Uid));
        var page = query.Page(
            Kinds.Workflow.ApiVersion, Kinds.Workflow.Kind, live.Concat(archived.Select(ArchiveEndpoints.Outline)),
            workflow => workflow.ContainsKey("spec") ? WithoutNodes(workflow) : (JsonObject)workflow.DeepClone());
        await ArchiveEndpoints.FillAsync(page, archive, cancellationToken);
        return Answer(request, page);
    }

    private static async Task<JsonAnswer> GetAsync(
        string ns, string name, HttpRequest request, IResources resources, IServiceProvider services, CancellationToken cancellationToken)
    {
        var archive = services.GetService<WorkflowArchive>();
        var found = name == WorkflowNames.Latest
            ? await resources.ResolveNameAsync(ns, name, cancellationToken)
            : name;
        var uid = request.Query["uid"].ToString();
        var workflow = await resources.FindAsync(new(Kinds.Workflow, ns, found), cancellationToken);
        if (workflow is not null && (uid.Length == 0 || uid == workflow.TextAt("metadata", "uid")))
        {
            return Answer(request, workflow);
        }

        var archived = archive is null ? null
            : uid.Length > 0 ? await archive.FindAsync(uid, cancellationToken)
            : await archive.FindByNameAsync(ns, found, cancellationToken);
        return archived?.TextAt("metadata", "namespace") == ns ? Answer(request, archived!) : throw WorkflowNames.NotFound(new(Kinds.Workflow, ns, found));
    }

    private static async Task<JsonAnswer> CreateAsync(
        string ns, HttpRequest request, IResources resources, IManifestLint lint, CancellationToken cancellationToken)
    {
        var body = await request.ReadObjectAsync(cancellationToken);
        var workflow = body["workflow"] as JsonObject ?? throw RequestBody.BadRequest("the body has no workflow: send {\"workflow\": {…}}");
        body.Remove("workflow");
        var dryRun = body.FlagAt("serverDryRun") || body.TextsAt("createOptions", "dryRun").Count > 0;
        return Answer(request, await StoreAsync(ns, workflow, dryRun, resources, lint, cancellationToken));
    }

    private static async Task<JsonAnswer> SubmitAsync(
        string ns, HttpRequest request, IResources resources, IManifestLint lint, TimeProvider time, CancellationToken cancellationToken)
    {
        var body = await request.ReadObjectAsync(cancellationToken);
        var submission = Submission.Of(body);
        var stored = await resources.GetAsync(submission.TemplateKey(ns), cancellationToken);
        var workflow = submission.ToWorkflow(stored, time.GetUtcNow());
        return Answer(request, await StoreAsync(ns, workflow, submission.DryRun, resources, lint, cancellationToken));
    }

    private static async Task<JsonAnswer> LintAsync(string ns, HttpRequest request, IManifestLint lint, CancellationToken cancellationToken)
    {
        var workflow = await request.ReadManifestAsync("workflow", cancellationToken);
        ManifestErrors.ThrowIfAny(workflow, lint.Lint(ManifestErrors.InNamespace(workflow, ns), ns));
        return Answer(request, workflow);
    }

    private static async Task<JsonAnswer> DeleteAsync(
        string ns, string name, HttpRequest request, IResources resources, CancellationToken cancellationToken)
    {
        var key = new ResourceKey(Kinds.Workflow, ns, await resources.ResolveNameAsync(ns, name, cancellationToken));
        if (bool.TryParse(request.Query["force"], out var force) && force)
        {
            await resources.ModifyAsync(key, RemoveFinalizers, cancellationToken);
        }

        return await resources.DeleteAsync(key, cancellationToken) ? new JsonAnswer(new JsonObject()) : throw WorkflowNames.NotFound(key);
    }

    private static async Task<JsonObject> StoreAsync(
        string ns, JsonObject workflow, bool dryRun, IResources resources, IManifestLint lint, CancellationToken cancellationToken)
    {
        ManifestErrors.InNamespace(workflow, ns);
        if (!dryRun)
        {
            return await resources.CreateAsync(Kinds.Workflow, ns, (JsonObject)workflow.DeepClone(), cancellationToken);
        }

        ManifestErrors.ThrowIfAny(workflow, lint.Lint(workflow, ns));
        return workflow;
    }

    // A list of workflows with all their nodes can be larger than a client can take: it carries everything but the nodes.
    internal static JsonObject WithoutNodes(JsonObject workflow)
    {
        var light = new JsonObject();
        foreach (var (name, value) in workflow)
        {
            light[name] = name == "status" && value is JsonObject status ? StatusWithoutNodes(status) : value?.DeepClone();
        }

        return light;
    }

    private static JsonObject StatusWithoutNodes(JsonObject status)
    {
        var light = new JsonObject();
        foreach (var (name, value) in status)
        {
            if (name is not ("nodes" or "compressedNodes"))
            {
                light[name] = value?.DeepClone();
            }
        }

        return light;
    }

    private static bool RemoveFinalizers(JsonObject workflow) => workflow["metadata"] is JsonObject metadata && metadata.Remove("finalizers");

    internal static JsonAnswer Answer(HttpRequest request, JsonObject body) => new(FieldMask.Parse(request.Query["fields"])?.Trim(body) ?? body);
}
