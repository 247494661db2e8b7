using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Claims;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Argosy.ControlPlane.ArgoServer;

/// <summary>What a client asks before anything else: which server this is, and who the caller is to it.</summary>
internal static class ServerFactsEndpoints
{
    public static void MapServerFacts(this IEndpointRouteBuilder api)
    {
        api.MapGet("/info", () => new JsonAnswer(Info()));
        api.MapGet("/version", () => new JsonAnswer(Version()));
        api.MapGet("/userinfo", (ClaimsPrincipal user) => new JsonAnswer(UserInfo(user)));
    }

    private static JsonObject Info() => new()
    {
        ["managedNamespace"] = "",
        ["links"] = new JsonArray(),
        ["columns"] = new JsonArray(),
        ["modals"] = new JsonObject(),
        ["navColor"] = "",
    };

    private static JsonObject Version()
    {
        var version = typeof(ServerFactsEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        var parts = version.Split('+');
        return new()
        {
            ["version"] = "v" + parts[0],
            ["buildDate"] = "",
            ["gitCommit"] = parts.ElementAtOrDefault(1) ?? "",
            ["gitTag"] = "",
            ["gitTreeState"] = "",
            ["goVersion"] = "",
            ["compiler"] = RuntimeInformation.FrameworkDescription,
            ["platform"] = RuntimeInformation.RuntimeIdentifier,
        };
    }

    private static JsonObject UserInfo(ClaimsPrincipal user)
    {
        var groups = user.FindAll("groups").Concat(user.FindAll(ClaimTypes.Role)).Select(claim => claim.Value).Distinct();
        return new()
        {
            ["subject"] = user.FindFirst("sub")?.Value ?? user.FindFirst(ClaimTypes.NameIdentifier)?.Value ?? user.Identity?.Name ?? "",
            ["issuer"] = user.FindFirst("iss")?.Value ?? "",
            ["groups"] = new JsonArray([.. groups.Select(group => JsonValue.Create(group))]),
            ["email"] = user.FindFirst("email")?.Value ?? user.FindFirst(ClaimTypes.Email)?.Value ?? "",
            ["name"] = user.FindFirst("name")?.Value ?? user.Identity?.Name ?? "",
        };
    }
}
