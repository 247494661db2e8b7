using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;
using Argosy.ControlPlane.Workflows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Argosy.ControlPlane.ArgoServer;

/// <summary>What is streamed: changes of workflows, and logs.</summary>
internal static class WorkflowStreamEndpoints
{
    public static void MapWorkflowStreams(this IEndpointRouteBuilder api)
    {
        api.MapGet("/workflow-events/{ns?}", WatchAsync);
        api.MapGet("/workflows/{ns}/{name}/log", LogAsync);
        api.MapGet("/workflows/{ns}/{name}/{podName}/log", LogAsync);
    }

    private static async Task<EventStream> WatchAsync(
        string? ns, HttpRequest request, IResources resources, IServiceProvider services, CancellationToken cancellationToken)
    {
        var parts = services.GetService<IObjectParts>();
        if (ns is not null && request.Query["listOptions.fieldSelector"].ToString() is $"metadata.name={WorkflowNames.Latest}")
        {
            var latest = await resources.ResolveNameAsync(ns, WorkflowNames.Latest, cancellationToken);
            return new(ChangesAsync(resources, parts, WatchFilter.Named(ns, latest), FieldMask.Parse(request.Query["fields"]), cancellationToken));
        }

        return new(ChangesAsync(resources, parts, WatchFilter.Of(ns, request), FieldMask.Parse(request.Query["fields"]), cancellationToken));
    }

    private static async IAsyncEnumerable<JsonNode> ChangesAsync(
        IResources resources, IObjectParts? parts, WatchFilter filter, FieldMask? mask, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var change in resources.ObserveAsync(Kinds.Workflow, cancellationToken))
        {
            if (filter.Fits(change))
            {
                var result = new JsonObject
                {
                    ["type"] = change.Type.ToString().ToUpperInvariant(),
                    ["object"] = (parts is null ? change.Object : await parts.CompleteAsync(change.Object, cancellationToken)).DeepClone(),
                };
                yield return mask is null ? result : Trimmed(mask, result);
            }
        }
    }

    // A stream's fields are named as the client sees them: result.object.status.
    private static JsonObject Trimmed(FieldMask mask, JsonObject result)
    {
        var trimmed = mask.Trim(new JsonObject { ["result"] = result })["result"]?.DeepClone() as JsonObject ?? [];
        trimmed["type"] ??= result["type"]?.DeepClone();
        return trimmed;
    }

    private static async Task<EventStream> LogAsync(
        string ns, string name, string? podName, HttpRequest request, IResources resources, IWorkflowLogs logs, IServiceProvider services,
        CancellationToken cancellationToken)
    {
        var workflow = await resources.GetWorkflowAsync(ns, name, cancellationToken);
        var query = LogQuery.Of(request.Query, services.GetService<TimeProvider>() ?? TimeProvider.System);
        var pod = podName ?? (request.Query["podName"].ToString() is { Length: > 0 } named ? named : null);
        var lines = logs.ReadAsync(ns, workflow.TextAt("metadata", "name")!, pod, query.Options, cancellationToken);
        return new(LinesAsync(lines, query.Timestamps, cancellationToken));
    }

    private static async IAsyncEnumerable<JsonNode> LinesAsync(
        IAsyncEnumerable<WorkflowLogEntry> entries, bool timestamps, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in entries.WithCancellation(cancellationToken))
        {
            var time = entry.Time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);
            yield return new JsonObject
            {
                ["content"] = timestamps ? $"{time} {entry.Content}" : entry.Content,
                ["podName"] = entry.PodName,
            };
        }
    }
}
