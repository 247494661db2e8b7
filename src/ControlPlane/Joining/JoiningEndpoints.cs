using System.Text.Json.Nodes;
using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Access;
using Argosy.ControlPlane.Resources;
using Argosy.ControlPlane.Resources.Endpoints;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Argosy.ControlPlane.Joining;

/// <summary>What an agent asks that has nothing yet but its ticket.</summary>
internal sealed class JoiningEndpoints(ClusterIdentities identities) : Contracts.Agents.Joining.JoiningBase
{
    public override Task<Identity> Join(JoinRequest request, ServerCallContext context) =>
        identities.JoinAsync(request, context.CancellationToken);
}

/// <summary>What an administrator asks: <c>POST …/clusters/NAME/join</c> for a ticket, <c>POST …/clusters/NAME/revoke</c>.</summary>
internal static class ClusterVerbEndpoints
{
    private static readonly string Root = $"/apis/{Kinds.Cluster.ApiVersion}/{Kinds.Cluster.Plural}/{{name}}";

    public static void MapClusterVerbs(this IEndpointRouteBuilder app)
    {
        var services = app.ServiceProvider;
        var identities = services.GetRequiredService<ClusterIdentities>();
        var authority = services.GetRequiredService<CertificateAuthority>();
        var listener = services.GetRequiredService<AgentsListener>();
        var logger = services.GetRequiredService<ILogger<ClusterIdentities>>();
        app.MapPost($"{Root}/join", http => ApiAnswers.GuardAsync(http, logger, async () =>
        {
            var url = listener.Url ?? throw new ApiException(
                409, "Conflict", "this hub listens for no agents: start it with 'argosy server --agents ADDRESS:PORT'");
            var ticket = await identities.InviteAsync(NameIn(http), http.RequestAborted);
            http.Response.Headers.CacheControl = "no-store";
            await ApiAnswers.WriteAsync(http, new JsonObject
            {
                ["apiVersion"] = Kinds.Cluster.ApiVersion,
                ["kind"] = "ClusterJoin",
                ["ticket"] = ticket.Value,
                ["expiresAt"] = ticket.Expires.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
                ["hubAuthorities"] = authority.CertificatePem,
                ["agentsUrl"] = url.AbsoluteUri.TrimEnd('/'),
            });
        }));
        app.MapPost($"{Root}/revoke", http => ApiAnswers.GuardAsync(http, logger, async () =>
        {
            await identities.RevokeAsync(NameIn(http), http.RequestAborted);
            await ApiAnswers.WriteAsync(http, StatusObject.Success(Kinds.Cluster, NameIn(http), null));
        }));
    }

    private static string NameIn(HttpContext http) => (string)http.Request.RouteValues["name"]!;
}
