using Microsoft.AspNetCore.Http;

namespace Argosy.ControlPlane.Resources.Endpoints;

/// <summary>A request for objects of one kind: what its path and query say.</summary>
internal sealed class ApiRequest(HttpContext http, ResourceKind kind)
{
    private const string OnlyDryRun = "All";

    public HttpContext Http => http;

    public ResourceKind Kind => kind;

    /// <summary>The namespace of the path; null for cluster-scoped kinds and for all namespaces.</summary>
    public string? Namespace => kind.Namespaced ? (string?)http.Request.RouteValues["namespace"] : null;

    public string Name => (string)http.Request.RouteValues["name"]!;

    public ResourceKey Key => new(kind, Namespace, Name);

    public CancellationToken Aborted => http.RequestAborted;

    /// <exception cref="ApiException">The query asks for a dry run of an unknown sort.</exception>
    public bool DryRun => Query("dryRun") switch
    {
        null => false,
        OnlyDryRun => true,
        var other => throw ApiErrors.BadRequest($"dryRun: Unsupported value: \"{other}\": supported values: \"{OnlyDryRun}\""),
    };

    /// <summary>Who writes, for the record of managed fields.</summary>
    public string FieldManager =>
        Query("fieldManager") ?? http.Request.Headers.UserAgent.ToString().Split('/', 2)[0] switch { "" => "unknown", var agent => agent };

    public string? Query(string name) => http.Request.Query[name] is [{ Length: > 0 } value, ..] ? value : null;

    public bool Flag(string name) => Query(name) is "true" or "1" or "True" or "t";

    /// <exception cref="ApiException">The value is no whole number that is not negative.</exception>
    public long? Number(string name) => Query(name) switch
    {
        null => null,
        var text when long.TryParse(text, out var number) && number >= 0 => number,
        var text => throw ApiErrors.BadRequest($"{name}: Invalid value: \"{text}\": must be a whole number, 0 or more"),
    };
}
