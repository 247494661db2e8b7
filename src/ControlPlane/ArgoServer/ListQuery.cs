using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Argosy.ControlPlane.ArgoServer;

/// <summary>
/// What a client asks of a list: Kubernetes' selectors, and pages whose <c>continue</c> token is an offset, as in Argo Server.
/// </summary>
internal sealed record ListQuery(string? LabelSelector, ObjectFilter Filter, int Limit, int Offset)
{
    public static ListQuery Of(HttpRequest request)
    {
        var query = request.Query;
        return new(
            Text(query["listOptions.labelSelector"]),
            ObjectFilter.Of(query),
            Number(query["listOptions.limit"], "listOptions.limit"),
            Number(query["listOptions.continue"], "listOptions.continue"));
    }

    /// <summary>The page of the objects that fit, newest first, as a Kubernetes list.</summary>
    public JsonObject Page(string apiVersion, string kind, IEnumerable<JsonObject> objects, Func<JsonObject, JsonObject> present)
    {
        var fitting = objects.Where(Filter.Fits)
            .OrderByDescending(item => item.TextAt("metadata", "creationTimestamp"), StringComparer.Ordinal)
            .ThenBy(item => item.TextAt("metadata", "name"), StringComparer.Ordinal)
            .ToList();
        var page = fitting.Skip(Offset).Take(Limit > 0 ? Limit : int.MaxValue).ToList();
        var remaining = fitting.Count - Math.Min(fitting.Count, Offset) - page.Count;
        var metadata = new JsonObject { ["resourceVersion"] = NewestVersion(fitting) };
        if (remaining > 0)
        {
            metadata["continue"] = (Offset + page.Count).ToString(CultureInfo.InvariantCulture);
            metadata["remainingItemCount"] = remaining;
        }

        return new JsonObject
        {
            ["apiVersion"] = apiVersion,
            ["kind"] = kind + "List",
            ["metadata"] = metadata,
            ["items"] = new JsonArray([.. page.Select(present)]),
        };
    }

    private static string NewestVersion(List<JsonObject> objects) => objects
        .Select(item => long.TryParse(item.TextAt("metadata", "resourceVersion"), out var version) ? version : 0)
        .DefaultIfEmpty()
        .Max()
        .ToString(CultureInfo.InvariantCulture);

    private static string? Text(string? value) => string.IsNullOrEmpty(value) ? null : value;

    private static int Number(string? value, string name) => value switch
    {
        null or "" => 0,
        _ when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw RequestBody.BadRequest($"{name} must be a number that is not negative, not \"{value}\""),
    };
}
