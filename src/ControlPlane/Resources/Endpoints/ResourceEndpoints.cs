using Argosy.ControlPlane.Resources.Discovery;
using Argosy.ControlPlane.Resources.Endpoints;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Argosy.ControlPlane.Resources;

/// <summary>The hub's Kubernetes API over HTTP.</summary>
public static class ResourceEndpoints
{
    private static readonly string[] AnyMethod = ["GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS"];

    /// <summary>Maps every path of the API: discovery, OpenAPI, health and the objects of all kinds.</summary>
    public static void MapResources(this IEndpointRouteBuilder app)
    {
        var services = app.ServiceProvider;
        var store = services.GetRequiredService<ResourceStore>();
        var options = services.GetRequiredService<IOptions<ResourceOptions>>().Value;
        var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var lifetime = services.GetRequiredService<IHostApplicationLifetime>();
        var logger = services.GetRequiredService<ILogger<ResourceStore>>();
        var writes = new WriteEndpoints(store, options, time);
        var routes = new KindRoutes(
            app,
            logger,
            new ListEndpoint(store, time),
            new WatchEndpoint(store, options, time, lifetime),
            writes,
            new PatchEndpoint(store, options, writes),
            new PodLogEndpoint(time, lifetime));

        app.MapDiscovery();
        app.MapPost(
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            http => ApiAnswers.GuardAsync(http, logger, () => AccessReviewEndpoint.ReviewAsync(http, options.LargestBodyBytes)));
        foreach (var kind in Kinds.All)
        {
            routes.Map(kind);
        }

        app.MapMethods("/api/v1/{**rest}", AnyMethod, http => ApiAnswers.WriteAsync(http, ApiErrors.NoSuchPath()));
        app.MapMethods("/apis/{**rest}", AnyMethod, http => ApiAnswers.WriteAsync(http, ApiErrors.NoSuchPath()));
    }

    /// <summary>The paths of one kind after the other, each with all its methods.</summary>
    private sealed class KindRoutes(
        IEndpointRouteBuilder app,
        ILogger logger,
        ListEndpoint lists,
        WatchEndpoint watches,
        WriteEndpoints writes,
        PatchEndpoint patches,
        PodLogEndpoint logs)
    {
        public void Map(ResourceKind kind)
        {
            var root = kind.Group.Length == 0 ? $"/api/{kind.Version}" : $"/apis/{kind.Group}/{kind.Version}";
            var collection = kind.Namespaced ? $"{root}/namespaces/{{namespace}}/{kind.Plural}" : $"{root}/{kind.Plural}";
            var one = $"{collection}/{{name}}";
            Route(kind, collection, request => request.Http.Request.Method switch
            {
                "GET" => request.Flag("watch") ? watches.WatchAsync(request) : lists.ListAsync(request),
                "POST" when !kind.IsView => writes.CreateAsync(request),
                "DELETE" when !kind.IsView => writes.DeleteCollectionAsync(request),
                _ => throw ApiErrors.MethodNotAllowed(),
            });
            Route(kind, one, request => request.Http.Request.Method switch
            {
                "GET" => lists.GetAsync(request),
                "PUT" when !kind.IsView => writes.ReplaceAsync(request, statusOnly: false),
                "PATCH" when !kind.IsView => patches.PatchAsync(request, statusOnly: false),
                "DELETE" when !kind.IsView => writes.DeleteAsync(request),
                _ => throw ApiErrors.MethodNotAllowed(),
            });
            if (kind.Namespaced)
            {
                Route(kind, $"{root}/{kind.Plural}", request => request.Http.Request.Method switch
                {
                    "GET" => request.Flag("watch") ? watches.WatchAsync(request) : lists.ListAsync(request),
                    _ => throw ApiErrors.MethodNotAllowed(),
                });
            }

            MapSubresources(kind, one);
        }

        private void MapSubresources(ResourceKind kind, string one)
        {
            if (kind.HasStatus)
            {
                Route(kind, $"{one}/status", request => request.Http.Request.Method switch
                {
                    "GET" => lists.GetAsync(request),
                    "PUT" => writes.ReplaceAsync(request, statusOnly: true),
                    "PATCH" => patches.PatchAsync(request, statusOnly: true),
                    _ => throw ApiErrors.MethodNotAllowed(),
                });
            }

            if (kind == Kinds.Pod)
            {
                Route(kind, $"{one}/log", request => request.Http.Request.Method switch
                {
                    "GET" => logs.ReadAsync(request),
                    _ => throw ApiErrors.MethodNotAllowed(),
                });
            }
        }

        private void Route(ResourceKind kind, string path, Func<ApiRequest, Task> handle) => app.MapMethods(
            path, AnyMethod, http => ApiAnswers.GuardAsync(http, logger, () => handle(new ApiRequest(http, kind))));
    }
}
