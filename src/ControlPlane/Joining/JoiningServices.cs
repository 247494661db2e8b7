using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Access;
using Argosy.ControlPlane.Dispatch;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Argosy.ControlPlane.Joining;

internal static class JoiningServices
{
    public static void AddJoining(this IServiceCollection services, CertificateAuthority authority, AgentsListener listener)
    {
        services.AddSingleton(_ => authority);
        services.AddSingleton(_ => listener);
        services.AddSingleton<IdentityStore>();
        services.AddSingleton<MembershipCuts>();
        services.AddSingleton<ClusterIdentities>();
        services.AddSingleton<MemberCalls>();
        services.AddHostedService<DeletedClusters>();
        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = MessageLimits.LargestBytes;
            grpc.IgnoreUnknownServices = true;
        });
    }

    public static void MapAgents(this IEndpointRouteBuilder app)
    {
        app.MapGrpcService<JoiningEndpoints>().WithMetadata(AgentsOnly.Instance);
        app.MapGrpcService<AgentLinkEndpoints>().WithMetadata(AgentsOnly.Instance);
    }
}
