using System.Text.Json;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;
using Argosy.ControlPlane.Workflows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Argosy.ControlPlane.ArgoServer;

/// <summary>The user's verbs on a workflow. Each answers the workflow as the verb left it.</summary>
internal static class WorkflowVerbEndpoints
{
    private delegate Task<JsonObject> Verb(IWorkflowVerbs verbs, string ns, string name, JsonObject options, CancellationToken cancellationToken);

    public static void MapWorkflowVerbs(this IEndpointRouteBuilder api)
    {
        Map(api, "suspend", (verbs, ns, name, _, token) => verbs.SuspendAsync(ns, name, token));
        Map(api, "resume", (verbs, ns, name, options, token) => verbs.ResumeAsync(ns, name, NodeSelector(options), token));
        Map(api, "stop", (verbs, ns, name, options, token) =>
            verbs.StopAsync(ns, name, NodeSelector(options), Text(options, "message"), token));
        Map(api, "terminate", (verbs, ns, name, _, token) => verbs.TerminateAsync(ns, name, token));
        Map(api, "retry", (verbs, ns, name, options, token) => verbs.RetryAsync(
            ns, name, new(options.FlagAt("restartSuccessful"), NodeSelector(options), options.TextsAt("parameters")), token));
        Map(api, "resubmit", (verbs, ns, name, options, token) => verbs.ResubmitAsync(
            ns, name, new(options.FlagAt("memoized"), options.TextsAt("parameters")), token));
        Map(api, "set", (verbs, ns, name, options, token) => verbs.SetAsync(ns, name, SetRequest(options), token));
    }

    private static void Map(IEndpointRouteBuilder api, string name, Verb verb) =>
        api.MapPut("/workflows/{ns}/{name}/" + name, async (
            string ns, string name, HttpRequest request, IResources resources, IWorkflowVerbs verbs, CancellationToken cancellationToken) =>
        {
            var options = await request.ReadObjectAsync(cancellationToken);
            var workflow = await resources.ResolveNameAsync(ns, name, cancellationToken);
            var changed = await verb(verbs, ns, workflow, options, cancellationToken);
            return new JsonAnswer(FieldMask.Parse(request.Query["fields"])?.Trim(changed) ?? changed);
        });

    private static SetRequest SetRequest(JsonObject options)
    {
        var selector = NodeSelector(options)
            ?? throw RequestBody.BadRequest("nodeFieldSelector is required: say which nodes to set, such as displayName=approve");
        return new(selector, Text(options, "phase"), Text(options, "message"), OutputParameters(options));
    }

    // The output parameters are a JSON object inside a string.
    private static Dictionary<string, string> OutputParameters(JsonObject options)
    {
        if (Text(options, "outputParameters") is not { } text)
        {
            return [];
        }

        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(text) ?? [];
        }
        catch (JsonException)
        {
            throw RequestBody.BadRequest($"outputParameters must be a JSON object of strings, not {text}");
        }
    }

    private static string? NodeSelector(JsonObject options) => Text(options, "nodeFieldSelector");

    private static string? Text(JsonObject options, string field) => options.TextAt(field) is { Length: > 0 } text ? text : null;
}
