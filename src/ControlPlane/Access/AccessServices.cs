using Argosy.ControlPlane.Resources;
using Argosy.ControlPlane.Resources.Endpoints;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Argosy.ControlPlane.Access;

/// <summary>Who may speak to the hub: for now its admin, by token.</summary>
public static class AccessServices
{
    private const string Scheme = "Bearer ";

    /// <summary>Paths that probes and newcomers may read without a token.</summary>
    private static readonly PathString[] Open = ["/healthz", "/livez", "/readyz", "/version"];

    public static IServiceCollection AddAccess(this IServiceCollection services, string dataDirectory) =>
        services.AddSingleton(_ => AdminToken.Open(dataDirectory));

    /// <summary>Refuses, with a Kubernetes Status, every request that has no valid token and needs one. Comes before all endpoints.</summary>
    public static IApplicationBuilder UseAccess(this IApplicationBuilder app)
    {
        var token = app.ApplicationServices.GetRequiredService<AdminToken>();
        return app.Use((http, next) =>
            Open.Any(path => http.Request.Path == path) || Presented(http) is { } presented && token.Accepts(presented)
                ? next(http)
                : RefuseAsync(http));
    }

    private static string? Presented(HttpContext http) =>
        http.Request.Headers.Authorization.ToString() is { } header && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? header[Scheme.Length..].Trim()
            : null;

    private static Task RefuseAsync(HttpContext http)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer";
        return ApiAnswers.WriteAsync(http, ApiErrors.Unauthorized());
    }
}
