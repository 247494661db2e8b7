using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;
using Argosy.ControlPlane.Synchronization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Argosy.ControlPlane.ArgoServer;

/// <summary>Limits of semaphores, as Argo's sync service serves them: in ConfigMaps or in the hub's table.</summary>
internal static class SyncLimitEndpoints
{
    public static void MapSyncLimits(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/sync/{ns}");
        group.MapPost("", async (string ns, HttpRequest request, [FromServices] SyncLimits limits, CancellationToken token) =>
        {
            var body = await request.ReadObjectAsync(token);
            var target = Target(ns, body.TextAt("key"), TypeOf(body["type"]), body.TextAt("cmName"));
            var limit = LimitOf(body);
            await limits.CreateAsync(target, limit, token);
            return Answer(target, limit);
        });
        group.MapGet("/{key}", async (string ns, string key, HttpRequest request, [FromServices] SyncLimits limits, CancellationToken token) =>
        {
            var target = Target(ns, key, request);
            return Answer(target, await limits.GetAsync(target, token));
        });
        group.MapPut("/{key}", async (string ns, string key, HttpRequest request, [FromServices] SyncLimits limits, CancellationToken token) =>
        {
            var body = await request.ReadObjectAsync(token);
            var target = Target(ns, key, TypeOf(body["type"]), body.TextAt("cmName"));
            var limit = LimitOf(body);
            await limits.UpdateAsync(target, limit, token);
            return Answer(target, limit);
        });
        group.MapDelete("/{key}", async (string ns, string key, HttpRequest request, [FromServices] SyncLimits limits, CancellationToken token) =>
        {
            await limits.DeleteAsync(Target(ns, key, request), token);
            return new JsonAnswer(new JsonObject());
        });
    }

    private static SyncLimitTarget Target(string ns, string key, HttpRequest request) =>
        Target(ns, key, TypeOf(request.Query["type"].ToString()), request.Query["cmName"].ToString());

    private static SyncLimitTarget Target(string ns, string? key, bool database, string? configMap)
    {
        if (string.IsNullOrEmpty(key))
        {
            throw RequestBody.BadRequest("key is required: it names the limit");
        }

        if (!database && string.IsNullOrEmpty(configMap))
        {
            throw RequestBody.BadRequest("cmName is required: it names the ConfigMap that holds the limit");
        }

        return new SyncLimitTarget(ns, key, database ? null : configMap);
    }

    /// <summary>Protocol buffers' JSON: an enum is its name or its number, and is absent when it is the first; people write it with a dash or without.</summary>
    private static bool TypeOf(JsonNode? type) => (type?.ToString() ?? "").Replace("_", "", StringComparison.Ordinal).ToUpperInvariant() switch
    {
        "" or "0" or "CONFIGMAP" => false,
        "1" or "DATABASE" => true,
        var other => throw RequestBody.BadRequest($"unsupported sync config type: {other}"),
    };

    private static int LimitOf(JsonObject body) =>
        int.TryParse(body["limit"]?.ToString(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var limit) && limit > 0
            ? limit
            : throw RequestBody.BadRequest("limit must be greater than zero");

    private static JsonAnswer Answer(SyncLimitTarget target, int limit) => new(new JsonObject
    {
        ["cmName"] = target.ConfigMap ?? "",
        ["key"] = target.Key,
        ["limit"] = limit,
        ["namespace"] = target.Namespace,
        ["type"] = target.ConfigMap is null ? "DATABASE" : "CONFIGMAP",
    });
}
