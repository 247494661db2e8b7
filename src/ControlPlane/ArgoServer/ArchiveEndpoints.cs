using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.Archive;
using Argosy.ControlPlane.Resources;
using Argosy.ControlPlane.Workflows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Argosy.ControlPlane.ArgoServer;

/// <summary>Workflows that have ended, also those whose objects are gone.</summary>
internal static class ArchiveEndpoints
{
    public static void MapArchive(this IEndpointRouteBuilder api)
    {
        api.MapGet("/archived-workflows", ListAsync);
        api.MapGet("/archived-workflows/{uid}", GetAsync);
        api.MapDelete("/archived-workflows/{uid}", DeleteAsync);
        api.MapPut("/archived-workflows/{uid}/retry", RetryAsync);
        api.MapPut("/archived-workflows/{uid}/resubmit", ResubmitAsync);
        api.MapGet("/archived-workflows-label-keys", LabelKeysAsync);
        api.MapGet("/archived-workflows-label-values", LabelValuesAsync);
    }

    /// <summary>What filters and order look at, without reading the workflow.</summary>
    public static JsonObject Outline(ArchivedWorkflow workflow)
    {
        var outline = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = workflow.Name, ["namespace"] = workflow.Namespace, ["uid"] = workflow.Uid, ["creationTimestamp"] = Time(workflow.CreatedAt),
            },
            ["status"] = new JsonObject { ["phase"] = workflow.Phase },
        };
        if (workflow.StartedAt is { } started)
        {
            outline["status"]!["startedAt"] = Time(started);
        }

        if (workflow.FinishedAt is { } finished)
        {
            outline["status"]!["finishedAt"] = Time(finished);
        }

        return outline;
    }

    /// <summary>Puts the workflows, without their nodes, where the page has outlines.</summary>
    public static async Task FillAsync(JsonObject page, WorkflowArchive archive, CancellationToken cancellationToken)
    {
        var items = (JsonArray)page["items"]!;
        for (var index = 0; index < items.Count; index++)
        {
            if (items[index] is JsonObject outline && !outline.ContainsKey("spec")
                && await archive.FindLightAsync(outline.TextAt("metadata", "uid") ?? "", cancellationToken) is { } workflow)
            {
                items[index] = workflow;
            }
        }
    }

    private static async Task<JsonAnswer> ListAsync(HttpRequest request, [FromServices] WorkflowArchive archive, CancellationToken cancellationToken)
    {
        var query = ListQuery.Of(request);
        var found = await archive.ListAsync(NamespaceOf(request), query.LabelSelector, cancellationToken);
        var page = query.Page(Kinds.Workflow.ApiVersion, Kinds.Workflow.Kind, found.Select(Outline), outline => (JsonObject)outline.DeepClone());
        await FillAsync(page, archive, cancellationToken);
        return WorkflowEndpoints.Answer(request, page);
    }

    private static async Task<JsonAnswer> GetAsync(string uid, HttpRequest request, [FromServices] WorkflowArchive archive, CancellationToken cancellationToken)
    {
        var workflow = await archive.FindAsync(uid, cancellationToken);
        if (workflow is null && request.Query["name"].ToString() is { Length: > 0 } name)
        {
            workflow = await archive.FindByNameAsync(NamespaceOf(request) ?? DefaultNamespace.Name, name, cancellationToken);
        }

        return WorkflowEndpoints.Answer(request, workflow ?? throw NotFound());
    }

    private static async Task<JsonAnswer> DeleteAsync(string uid, [FromServices] WorkflowArchive archive, IResources resources, CancellationToken cancellationToken)
    {
        var workflow = await archive.FindLightAsync(uid, cancellationToken) ?? throw NotFound();
        var key = new ResourceKey(Kinds.Workflow, workflow.TextAt("metadata", "namespace"), workflow.TextAt("metadata", "name") ?? "");
        var lives = (await resources.FindAsync(key, cancellationToken))?.TextAt("metadata", "uid") == uid;
        await archive.DeleteAsync(uid, keepsNodes: lives, cancellationToken);
        return new JsonAnswer(new JsonObject());
    }

    private static async Task<JsonAnswer> RetryAsync(string uid, HttpRequest request, IWorkflowVerbs verbs, CancellationToken cancellationToken)
    {
        var options = await request.ReadObjectAsync(cancellationToken);
        var selector = options.TextAt("nodeFieldSelector") is { Length: > 0 } text ? text : null;
        return WorkflowEndpoints.Answer(request, await verbs.RetryArchivedAsync(
            uid, new(options.FlagAt("restartSuccessful"), selector, options.TextsAt("parameters")), cancellationToken));
    }

    private static async Task<JsonAnswer> ResubmitAsync(string uid, HttpRequest request, IWorkflowVerbs verbs, CancellationToken cancellationToken)
    {
        var options = await request.ReadObjectAsync(cancellationToken);
        return WorkflowEndpoints.Answer(request, await verbs.ResubmitArchivedAsync(
            uid, new(options.FlagAt("memoized"), options.TextsAt("parameters")), cancellationToken));
    }

    private static async Task<JsonAnswer> LabelKeysAsync(HttpRequest request, [FromServices] WorkflowArchive archive, CancellationToken cancellationToken)
    {
        var found = await archive.ListAsync(NamespaceOf(request), null, cancellationToken);
        return Items(found.SelectMany(workflow => workflow.Labels.Keys));
    }

    /// <remarks>The key comes as a label selector that only names it.</remarks>
    private static async Task<JsonAnswer> LabelValuesAsync(HttpRequest request, [FromServices] WorkflowArchive archive, CancellationToken cancellationToken)
    {
        var key = request.Query["listOptions.labelSelector"].ToString();
        if (key.Length == 0 || key.AsSpan().ContainsAny("=!, "))
        {
            throw RequestBody.BadRequest("listOptions.labelSelector must name one label key");
        }

        var found = await archive.ListAsync(NamespaceOf(request), key, cancellationToken);
        return Items(found.Select(workflow => workflow.Labels[key]));
    }

    private static JsonAnswer Items(IEnumerable<string> texts) =>
        new(new JsonObject { ["items"] = new JsonArray([.. texts.Distinct().Order(StringComparer.Ordinal).Select(text => (JsonNode)JsonValue.Create(text))]) });

    private static string? NamespaceOf(HttpRequest request)
    {
        if (request.Query["namespace"].ToString() is { Length: > 0 } @namespace)
        {
            return @namespace;
        }

        const string field = "metadata.namespace=";
        var selector = request.Query["listOptions.fieldSelector"].ToString().Split(',').FirstOrDefault(term => term.StartsWith(field, StringComparison.Ordinal));
        return selector?[field.Length..].TrimStart('=') is { Length: > 0 } named ? named : null;
    }

    private static ApiException NotFound() => new(404, "NotFound", "not found");

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
