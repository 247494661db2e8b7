using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps gRPC services to routes.</summary>
public static class GrpcEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps the methods of a generated service base that <typeparamref name="TService"/> derives from. Each call has a
    /// <typeparamref name="TService"/> of the request's services: theirs if they know it, else one made and disposed for the call.
    /// </summary>
    /// <exception cref="InvalidOperationException">No <c>AddGrpc</c>, or <typeparamref name="TService"/> is no service.</exception>
    public static GrpcServiceEndpointConventionBuilder MapGrpcService<TService>(this IEndpointRouteBuilder builder)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        var unknown = builder.ServiceProvider.GetService<UnknownServices>()
            ?? throw new InvalidOperationException("Add gRPC to the services of the host first: services.AddGrpc().");
        var methods = ServiceMethods<TService>.Find(builder.ServiceProvider);
        var conventions = methods.Routes.Select(route => Map(builder, route)).ToList();
        foreach (var service in methods.Routes.Select(route => route.Method.ServiceName).Distinct())
        {
            unknown.MapMethodsOf(builder, service);
        }

        unknown.MapServices(builder);
        return new GrpcServiceEndpointConventionBuilder(conventions);
    }

    private static IEndpointConventionBuilder Map(IEndpointRouteBuilder builder, MethodRoute route)
    {
        var endpoint = builder.Map(RoutePatternFactory.Parse(route.Method.FullName), route.Handler);
        endpoint.Add(made =>
        {
            made.DisplayName = $"gRPC - {route.Method.FullName}";
            foreach (var metadata in route.Metadata)
            {
                made.Metadata.Add(metadata);
            }
        });
        return endpoint;
    }
}

/// <summary>Takes conventions, such as the permission needed, for all methods of a service.</summary>
public sealed class GrpcServiceEndpointConventionBuilder : IEndpointConventionBuilder
{
    private readonly IReadOnlyList<IEndpointConventionBuilder> endpoints;

    internal GrpcServiceEndpointConventionBuilder(IReadOnlyList<IEndpointConventionBuilder> endpoints) => this.endpoints = endpoints;

    public void Add(Action<EndpointBuilder> convention)
    {
        foreach (var endpoint in endpoints)
        {
            endpoint.Add(convention);
        }
    }

    public void Finally(Action<EndpointBuilder> finallyConvention)
    {
        foreach (var endpoint in endpoints)
        {
            endpoint.Finally(finallyConvention);
        }
    }
}
