using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

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

    private static async Task<JsonAnswer> ListAsync(string? ns, HttpRequest request, IResources resources, CancellationToken cancellationToken)
    {
        var query = ListQuery.Of(request);
        var workflows = await resources.ListAsync(Kinds.Workflow, ns, query.LabelSelector, cancellationToken);
        return Answer(request, query.Page(Kinds.Workflow.ApiVersion, Kinds.Workflow.Kind, workflows, WithoutNodes));
    }

    private static async Task<JsonAnswer> GetAsync(
        string ns, string name, HttpRequest request, IResources resources, CancellationToken cancellationToken)
    {
        var workflow = await resources.GetWorkflowAsync(ns, name, cancellationToken);
        return request.Query["uid"].ToString() is { Length: > 0 } uid && uid != workflow.TextAt("metadata", "uid")
            ? throw WorkflowNames.NotFound(new(Kinds.Workflow, ns, name))
            : Answer(request, workflow);
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
    private static JsonObject WithoutNodes(JsonObject workflow)
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

    private static JsonAnswer Answer(HttpRequest request, JsonObject body) => new(FieldMask.Parse(request.Query["fields"])?.Trim(body) ?? body);
}
