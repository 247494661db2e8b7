using Argosy.ControlPlane.Events;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Argosy.ControlPlane.ArgoServer;

/// <summary>
/// The REST API of Argo Server, for its command line, its Python client and its web page. It is a thin layer: objects, verbs and logs come
/// from the same seams that the Kubernetes API uses.
/// </summary>
public static class ArgoServerEndpoints
{
    /// <summary>Maps everything under <c>/api/v1</c> that Argo's clients call. Answers the group, so that a host can add authorization.</summary>
    public static IEndpointConventionBuilder MapArgoServer(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api/v1");
        api.AddEndpointFilter<ErrorAnswers>();
        api.MapWorkflows();
        api.MapWorkflowVerbs();
        api.MapWorkflowStreams();
        api.MapArchive();
        api.MapSyncLimits();
        api.MapManifests(ManifestApi.WorkflowTemplates);
        api.MapManifests(ManifestApi.ClusterWorkflowTemplates);
        api.MapManifests(ManifestApi.CronWorkflows);
        api.MapCronVerbs();
        api.MapEvents();
        api.MapServerFacts();
        return api;
    }
}
