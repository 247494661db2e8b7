using System.Text.Json;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.ArgoServer;
using Argosy.ControlPlane.Resources;
using Argosy.Engine.Events;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Argosy.ControlPlane.Events;

/// <summary>Where other systems send their events, and which bindings wait for them.</summary>
internal static class EventEndpoints
{
    public static void MapEvents(this IEndpointRouteBuilder api)
    {
        api.MapPost("/events/{ns}/{discriminator?}", ReceiveAsync);
        api.MapGet("/workflow-event-bindings/{ns?}", ListAsync);
    }

    private static async Task<JsonAnswer> ReceiveAsync(
        string ns, string? discriminator, HttpRequest request, EventQueue events, CancellationToken cancellationToken)
    {
        var happened = new OutsideEvent(ns, discriminator ?? "", Metadata(request), await PayloadAsync(request, cancellationToken));
        var done = events.TryAdd(happened) ?? throw new ApiException(503, "ServiceUnavailable", "operation queue full");
        await done.WaitAsync(cancellationToken);
        return new JsonAnswer(new JsonObject());
    }

    private static async Task<JsonAnswer> ListAsync(
        string? ns, HttpRequest request, IResources resources, CancellationToken cancellationToken)
    {
        var query = ListQuery.Of(request);
        var kind = Kinds.WorkflowEventBinding;
        var bindings = await resources.ListAsync(kind, ns, query.LabelSelector, cancellationToken);
        var list = query.Page(kind.ApiVersion, kind.Kind, bindings, binding => (JsonObject)binding.DeepClone());
        return new(FieldMask.Parse(request.Query["fields"])?.Trim(list) ?? list);
    }

    // Only headers that systems add for their receivers: a token of the sender must not reach an expression.
    private static Dictionary<string, IReadOnlyList<string>> Metadata(HttpRequest request) => request.Headers
        .Where(header => header.Key.StartsWith("x-", StringComparison.OrdinalIgnoreCase))
        .ToDictionary(
            header => header.Key.ToLowerInvariant(), header => (IReadOnlyList<string>)[.. header.Value.OfType<string>()], StringComparer.Ordinal);

    private static async Task<JsonNode?> PayloadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        if (body.Length == 0)
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(body.GetBuffer().AsSpan(0, (int)body.Length), documentOptions: new() { AllowDuplicateProperties = false });
        }
        catch (JsonException exception)
        {
            throw RequestBody.BadRequest($"the payload is not valid JSON: {exception.Message}");
        }
    }
}
