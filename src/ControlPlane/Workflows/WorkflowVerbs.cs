using System.Text.Json.Nodes;
using Argosy.ControlPlane.Archive;
using Argosy.ControlPlane.Resources;
using Argosy.Engine.Workflows;
using Orleans;

namespace Argosy.ControlPlane.Workflows;

/// <summary>The user's verbs, asked of the workflow's grain.</summary>
internal sealed class WorkflowVerbs(IResources resources, WorkflowArchive archive, IGrainFactory grains, TimeProvider time) : IWorkflowVerbs
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
        var selector = Selector(request.NodeFieldSelector) ?? throw Refused("'set' currently only targets suspend nodes, use a node field selector to target them");
        return AskAsync(@namespace, name, new SetAsked(selector, phase, Blank(request.Message), values), cancellationToken);
    }

    public async Task<JsonObject> ResubmitAsync(string @namespace, string name, ResubmitRequest request, CancellationToken cancellationToken) =>
        await ResubmitAsync(await FindAsync(@namespace, name, cancellationToken), request, cancellationToken);

    public async Task<JsonObject> ResubmitArchivedAsync(string uid, ResubmitRequest request, CancellationToken cancellationToken) =>
        await ResubmitAsync(await FindArchivedAsync(uid, cancellationToken), request, cancellationToken);

    public async Task<JsonObject> RetryArchivedAsync(string uid, RetryRequest request, CancellationToken cancellationToken)
    {
        var workflow = await FindArchivedAsync(uid, cancellationToken);
        var metadata = (JsonObject)workflow["metadata"]!;
        var (@namespace, name) = (metadata["namespace"]!.GetValue<string>(), metadata["name"]!.GetValue<string>());
        if (await resources.FindAsync(new ResourceKey(Kinds.Workflow, @namespace, name), cancellationToken) is not null)
        {
            throw new ApiException(409, "AlreadyExists", $"Workflow already exists on cluster, use argo retry {name} instead");
        }

        var retry = new RetryAsked(request.RestartSuccessful, Selector(request.NodeFieldSelector), Overrides(request.Parameters));
        RefuseUnlessRetried(workflow, retry);
        foreach (var field in new[] { "uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation" })
        {
            metadata.Remove(field);
        }

        (metadata["labels"] as JsonObject)?.Remove(ArchiveController.StatusLabel);
        await resources.CreateAsync(Kinds.Workflow, @namespace, workflow, cancellationToken);
        return await AskAsync(@namespace, name, retry, cancellationToken);
    }

    // Before anything is created: what the engine would say.
    private void RefuseUnlessRetried(JsonObject workflow, RetryAsked retry)
    {
        var state = new WorkflowState();
        WorkflowDecider.Decide(state, new Submitted(workflow), time.GetUtcNow());
        if (WorkflowDecider.Decide(state, retry, time.GetUtcNow()).Refusal is { } refusal)
        {
            throw Refused(refusal);
        }
    }

    private async Task<JsonObject> ResubmitAsync(JsonObject workflow, ResubmitRequest request, CancellationToken cancellationToken)
    {
        if (request.Memoized && PhaseOf(workflow) is not ("Failed" or "Error"))
        {
            throw Refused("workflow must be Failed/Error to resubmit in memoized mode");
        }

        var parameters = Overrides(request.Parameters);
        var again = request.Memoized ? Resubmission.Memoized(workflow, parameters, time.GetUtcNow()) : Resubmission.Of(workflow, parameters);
        return await resources.CreateAsync(Kinds.Workflow, workflow["metadata"]!["namespace"]!.GetValue<string>(), again, cancellationToken);
    }

    private async Task<JsonObject> AskAsync(string @namespace, string name, WorkflowInput verb, CancellationToken cancellationToken)
    {
        var workflow = await FindAsync(@namespace, name, cancellationToken);
        var uid = workflow["metadata"]!["uid"]!.GetValue<string>();
        var grain = grains.GetGrain<IWorkflowGrain>(uid);
        if (RecordedRun.IsIn(workflow) && !await grain.IsKnown())
        {
            await grain.Submit(workflow.ToJsonString()); // it came with its status and has ended: only a verb wakes it
        }

        var reopened = verb is RetryAsked retry && PhaseOf(workflow) is "Failed" or "Error" or "Succeeded" ? retry : null;
        if (reopened is not null)
        {
            // First, so that no hub that starts in between takes it for ended; what the grain refuses it shows again as it was.
            await resources.ModifyAsync(
                new ResourceKey(Kinds.Workflow, @namespace, name), stored => Reopen(stored, uid, reopened.Parameters), cancellationToken);
        }

        if (await grain.Ask(verb) is { } refusal)
        {
            if (reopened is not null)
            {
                await grain.Submit(workflow.ToJsonString());
            }

            throw Refused(refusal);
        }

        return await FindAsync(@namespace, name, cancellationToken);
    }

    private static bool Reopen(JsonObject workflow, string uid, IReadOnlyList<ParameterValue> parameters)
    {
        if (workflow["metadata"]?["uid"]?.GetValue<string>() != uid || workflow["spec"] is not JsonObject spec)
        {
            return false;
        }

        foreach (var label in new[] { "workflows.argoproj.io/completed", "workflows.argoproj.io/phase", ArchiveController.StatusLabel })
        {
            (workflow["metadata"]!["labels"] as JsonObject)?.Remove(label);
        }

        spec.Remove("shutdown");
        if (spec["activeDeadlineSeconds"] is JsonValue seconds && seconds.ToJsonString() == "0")
        {
            spec.Remove("activeDeadlineSeconds");
        }

        Resubmission.Override(spec, parameters);
        workflow["status"] = new JsonObject { ["phase"] = "" };
        return true;
    }

    private static string? PhaseOf(JsonObject workflow) => workflow["status"]?["phase"]?.GetValue<string>();

    private async Task<JsonObject> FindArchivedAsync(string uid, CancellationToken cancellationToken) =>
        (await archive.FindAsync(uid, cancellationToken))?.DeepClone() as JsonObject ?? throw new ApiException(404, "NotFound", "not found");

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
