using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Grpc.AspNetCore.Server;

/// <summary>Answers gRPC calls of what is not here as Unimplemented, where HTTP would say 404. Requests that are not gRPC never match.</summary>
// The container makes it.
#pragma warning disable CA1812
internal sealed class UnknownServices(IOptions<GrpcServiceOptions> options, ILogger<UnknownServices> log)
#pragma warning restore CA1812
{
    private static readonly RoutePatternParameterPolicyReference OnlyGrpc = RoutePatternFactory.ParameterPolicy(new GrpcRequestConstraint());

    private readonly HashSet<string> mapped = [];
    private readonly CallSettings settings = CallSettings.From(options.Value);

    public void MapServices(IEndpointRouteBuilder builder)
    {
        if (!(options.Value.IgnoreUnknownServices ?? false))
        {
            Map(builder, "{unimplementedService}/{unimplementedMethod}", "Service is unimplemented.");
        }
    }

    public void MapMethodsOf(IEndpointRouteBuilder builder, string service) =>
        Map(builder, $"{service}/{{unimplementedMethod}}", "Method is unimplemented.");

    private void Map(IEndpointRouteBuilder builder, string pattern, string detail)
    {
        if (!mapped.Add(pattern))
        {
            return;
        }

        var parsed = RoutePatternFactory.Parse(
            pattern, defaults: null, parameterPolicies: new RouteValueDictionary { ["unimplementedMethod"] = OnlyGrpc.ParameterPolicy });
        builder.Map(parsed, http => RefuseAsync(http, detail)).Add(endpoint =>
        {
            endpoint.DisplayName = $"gRPC - {pattern}";
            endpoint.Metadata.Add(new HttpMethodMetadata([HttpMethods.Post]));
            ((RouteEndpointBuilder)endpoint).Order = int.MaxValue;
        });
    }

    private async Task RefuseAsync(HttpContext http, string detail)
    {
        if (await ProtocolCheck.PassesAsync(http))
        {
            var call = new ServerCall(http, settings, TimeProvider.System, log);
            await call.RunAsync(() => throw new RpcException(new Status(StatusCode.Unimplemented, detail)));
        }
    }

    private sealed class GrpcRequestConstraint : IRouteConstraint
    {
        public bool Match(
            HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
            httpContext is not null && GrpcContentType.Matches(httpContext.Request.ContentType);
    }
}
