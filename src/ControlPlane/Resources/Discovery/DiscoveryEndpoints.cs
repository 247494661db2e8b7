using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources.Endpoints;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Argosy.ControlPlane.Resources.Discovery;

internal static class DiscoveryEndpoints
{
    private const string AggregatedType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    private static readonly string[] HealthPaths = ["/healthz", "/livez", "/readyz"];

    public static void MapDiscovery(this IEndpointRouteBuilder app)
    {
        foreach (var path in HealthPaths)
        {
            app.MapGet(path, http => http.Response.WriteAsync("ok"));
        }

        app.MapGet("/version", http => ApiAnswers.WriteAsync(http, Version()));
        app.MapGet("/api", http => AnswerRootAsync(http, core: true));
        app.MapGet("/apis", http => AnswerRootAsync(http, core: false));
        app.MapGet("/api/{version}", http => AnswerAsync(http, DiscoveryDocuments.FindResources("", Route(http, "version"))));
        app.MapGet("/apis/{group}", http => AnswerAsync(http, DiscoveryDocuments.FindGroup(Route(http, "group"))));
        app.MapGet(
            "/apis/{group}/{version}",
            http => AnswerAsync(http, DiscoveryDocuments.FindResources(Route(http, "group"), Route(http, "version"))));
        app.MapGet("/openapi/v2", AnswerSwaggerAsync);
        app.MapGet("/openapi/v3", http => ApiAnswers.WriteAsync(http, OpenApiDocuments.Index()));
        app.MapGet("/openapi/v3/{**path}", AnswerOpenApiAsync);
    }

    private static Task AnswerRootAsync(HttpContext http, bool core)
    {
        var accept = http.Request.Headers.Accept.ToString();
        if (accept.Contains("as=APIGroupDiscoveryList", StringComparison.Ordinal) && accept.Contains("v=v2;", StringComparison.Ordinal))
        {
            http.Response.Headers.Append("Vary", "Accept");
            return ApiAnswers.WriteAsync(http, ObjectJson.Write(DiscoveryDocuments.Aggregated(core)), contentType: AggregatedType);
        }

        return ApiAnswers.WriteAsync(http, core ? DiscoveryDocuments.CoreVersions() : DiscoveryDocuments.Groups());
    }

    private static Task AnswerSwaggerAsync(HttpContext http)
    {
        var accept = http.Request.Headers.Accept.ToString();
        return accept.Length == 0 || accept.Contains("json", StringComparison.Ordinal) || accept.Contains("*/*", StringComparison.Ordinal)
            ? ApiAnswers.WriteAsync(http, OpenApiDocuments.Swagger())
            : ApiAnswers.WriteAsync(http, new ApiException(406, "NotAcceptable", "only application/json is served here"));
    }

    private static Task AnswerOpenApiAsync(HttpContext http)
    {
        if (OpenApiDocuments.Find(Route(http, "path")) is not { } document)
        {
            return ApiAnswers.WriteAsync(http, ApiErrors.NoSuchPath());
        }

        if (http.Request.Query.ContainsKey("hash"))
        {
            http.Response.Headers.CacheControl = "public, immutable, max-age=31536000";
        }

        return ApiAnswers.WriteAsync(http, document);
    }

    private static Task AnswerAsync(HttpContext http, JsonObject? document) =>
        document is null ? ApiAnswers.WriteAsync(http, ApiErrors.NoSuchPath()) : ApiAnswers.WriteAsync(http, document);

    /// <summary>The Kubernetes version that the API behaves like, so that clients choose their ways by it.</summary>
    private static JsonObject Version() => new()
    {
        ["major"] = "1",
        ["minor"] = "32",
        ["gitVersion"] = $"v1.32.0+argosy-{typeof(DiscoveryEndpoints).Assembly.GetName().Version?.ToString(3)}",
        ["gitCommit"] = "",
        ["gitTreeState"] = "clean",
        ["buildDate"] = "1970-01-01T00:00:00Z",
        ["goVersion"] = "none",
        ["compiler"] = "roslyn",
        ["platform"] = $"{(OperatingSystem.IsWindows() ? "windows" : "linux")}/amd64",
    };

    private static string Route(HttpContext http, string name) => (string?)http.Request.RouteValues[name] ?? "";
}
