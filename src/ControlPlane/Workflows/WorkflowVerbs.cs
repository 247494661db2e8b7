using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;
using Argosy.Engine.Workflows;
using Orleans;

namespace Argosy.ControlPlane.Workflows;

/// <summary>The user's verbs, asked of the workflow's grain.</summary>
internal sealed class WorkflowVerbs(IResources resources, IGrainFactory grains) : IWorkflowVerbs
{
    public Task<JsonObject> SuspendAsync(string @namespace, string name, CancellationToken cancellationToken) =>
        AskAsync(@namespace, name, new SuspendAsked(), cancellationToken);

    public Task<JsonObject> ResumeAsync(string @namespace, string name, string? nodeFieldSelector, CancellationToken cancellationToken) =>
        AskAsync(@namespace, name, new ResumeAsked(Selector(nodeFieldSelector)), cancellationToken);

    public Task<JsonObject> StopAsync(
        string @namespace, string name, string? nodeFieldSelector, string? message, CancellationToken cancellationToken) =>
        AskAsync(@namespace, name, new ShutdownAsked(ShutdownStrategy.Stop, Selector(nodeFieldSelector), Blank(message)), cancellationToken);

    public Task<JsonObject> TerminateAsync(string @namespace, string name, CancellationToken cancellationToken) =>
        AskAsync(@namespace, name, new ShutdownAsked(ShutdownStrategy.Terminate, null, null), cancellationToken);

    public Task<JsonObject> RetryAsync(string @namespace, string name, RetryRequest request, CancellationToken cancellationToken) =>
        AskAsync(
            @namespace, name,
            new RetryAsked(request.RestartSuccessful, Selector(request.NodeFieldSelector), Overrides(request.Parameters)),
            cancellationToken);

    public Task<JsonObject> SetAsync(string @namespace, string name, SetRequest request, CancellationToken cancellationToken)
    {
        NodePhase? phase = null;
        if (!string.IsNullOrEmpty(request.Phase))
        {
            phase = Enum.TryParse<NodePhase>(request.Phase, out var parsed) ? parsed : throw Refused($"'{request.Phase}' is not a valid node phase");
        }

        var values = request.OutputParameters.Select(pair => new ParameterValue(pair.Key, pair.Value)).ToList();
        var selector = Selector(request.NodeFieldSelector) ?? throw Refused("set needs a nodeFieldSelector that names the suspended node");
        return AskAsync(@namespace, name, new SetAsked(selector, phase, Blank(request.Message), values), cancellationToken);
    }

    public async Task<JsonObject> ResubmitAsync(string @namespace, string name, ResubmitRequest request, CancellationToken cancellationToken)
    {
        var workflow = await FindAsync(@namespace, name, cancellationToken);
        if (request.Memoized && workflow["status"]?["phase"]?.GetValue<string>() is not ("Failed" or "Error"))
        {
            throw Refused("workflow must be Failed/Error to resubmit in memoized mode");
        }

        if (request.Memoized)
        {
            throw Refused("memoized resubmission is not available yet: use retry to keep what succeeded, or resubmit without --memoized");
        }

        return await resources.CreateAsync(
            Kinds.Workflow, @namespace, Resubmission.Of(workflow, Overrides(request.Parameters)), cancellationToken);
    }

    private async Task<JsonObject> AskAsync(string @namespace, string name, WorkflowInput verb, CancellationToken cancellationToken)
    {
        var workflow = await FindAsync(@namespace, name, cancellationToken);
        var uid = workflow["metadata"]!["uid"]!.GetValue<string>();
        var grain = grains.GetGrain<IWorkflowGrain>(uid);
        var refusal = await grain.Ask(verb);
        if (refusal is not null)
        {
            throw Refused(refusal);
        }

        return await FindAsync(@namespace, name, cancellationToken);
    }

    private async Task<JsonObject> FindAsync(string @namespace, string name, CancellationToken cancellationToken) =>
        await resources.FindAsync(new ResourceKey(Kinds.Workflow, @namespace, name), cancellationToken)
        ?? throw new ApiException(404, "NotFound", $"workflows.argoproj.io \"{name}\" not found");

    private static NodeFieldSelector? Selector(string? text)
    {
        try
        {
            return string.IsNullOrWhiteSpace(text) ? null : NodeFieldSelector.Parse(text);
        }
        catch (FormatException malformed)
        {
            throw Refused(malformed.Message);
        }
    }

    private static List<ParameterValue> Overrides(IReadOnlyList<string> parameters) => [.. parameters.Select(text =>
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        return at > 0
            ? new ParameterValue(text[..at], text[(at + 1)..])
            : throw Refused($"expected parameter of the form: NAME=VALUE. Received: {text}");
    })];

    private static string? Blank(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static ApiException Refused(string message) => new(400, "BadRequest", message);
}
