using System.Text.Json.Nodes;
using Argosy.ControlPlane.ArgoServer;
using Argosy.ControlPlane.Resources;
using Argosy.Engine.Events;
using Argosy.Engine.Expressions;
using Microsoft.Extensions.Logging;

namespace Argosy.ControlPlane.Events;

/// <summary>
/// Submits what the event bindings of a namespace make of an event. What goes wrong with one binding is told by an Event on that binding and
/// keeps no other from its work.
/// </summary>
internal sealed partial class EventDispatch(IResources resources, TimeProvider time, ILogger<EventDispatch> log)
{
    private const string BindingLabel = "workflows.argoproj.io/workflow-event-binding";

    public async Task DispatchAsync(OutsideEvent happened, CancellationToken cancellationToken)
    {
        foreach (var binding in await resources.ListAsync(Kinds.WorkflowEventBinding, happened.Namespace, null, cancellationToken))
        {
            try
            {
                if (EventSubmission.Of(binding, happened) is { } submission)
                {
                    await SubmitAsync(binding, submission, cancellationToken);
                }
            }
            catch (Exception failure) when (failure is ApiException or ExpressionException)
            {
                await TellAsync(binding, $"failed to dispatch event: {failure.Message}", cancellationToken);
            }
        }
    }

    private async Task SubmitAsync(JsonObject binding, EventSubmission submission, CancellationToken cancellationToken)
    {
        var @namespace = binding.MetadataText("namespace")!;
        var request = new Submission(
            submission.IsClusterScope ? Kinds.ClusterWorkflowTemplate : Kinds.WorkflowTemplate,
            submission.Template,
            new JsonObject { ["name"] = submission.Name, ["generateName"] = submission.GenerateName });
        var template = await TemplateAsync(request.TemplateKey(@namespace), cancellationToken);
        var workflow = request.ToWorkflow(template, time.GetUtcNow());
        Overlay(workflow, "labels", submission.Labels.Append(KeyValuePair.Create(BindingLabel, binding.MetadataText("name")!)));
        Overlay(workflow, "annotations", submission.Annotations);
        if (submission.Parameters.Count > 0)
        {
            workflow.Ensure("spec")["arguments"] = new JsonObject
            {
                ["parameters"] = new JsonArray(
                    [.. submission.Parameters.Select(parameter => new JsonObject { ["name"] = parameter.Name, ["value"] = parameter.Value })]),
            };
        }

        await resources.CreateAsync(Kinds.Workflow, @namespace, workflow, cancellationToken);
    }

    private async Task<JsonObject> TemplateAsync(ResourceKey key, CancellationToken cancellationToken) =>
        await resources.FindAsync(key, cancellationToken)
        ?? throw new ApiException(404, "NotFound", $"failed to get workflow template: {WorkflowNames.NotFound(key).Message}");

    private async Task TellAsync(JsonObject binding, string message, CancellationToken cancellationToken)
    {
        var (@namespace, name) = (binding.MetadataText("namespace")!, binding.MetadataText("name")!);
        LogNotDispatched(log, @namespace, name, message);
        var now = ObjectMetadata.Timestamp(time.GetUtcNow());
        try
        {
            await resources.CreateAsync(Kinds.Event, @namespace, new JsonObject
            {
                ["apiVersion"] = Kinds.Event.ApiVersion,
                ["kind"] = Kinds.Event.Kind,
                ["metadata"] = new JsonObject { ["generateName"] = name + ".", ["namespace"] = @namespace },
                ["involvedObject"] = new JsonObject
                {
                    ["apiVersion"] = Kinds.WorkflowEventBinding.ApiVersion,
                    ["kind"] = Kinds.WorkflowEventBinding.Kind,
                    ["name"] = name,
                    ["namespace"] = @namespace,
                    ["uid"] = binding.MetadataText("uid"),
                },
                ["type"] = "Warning",
                ["reason"] = "WorkflowEventBindingError",
                ["message"] = message,
                ["source"] = new JsonObject { ["component"] = "argo-server" },
                ["firstTimestamp"] = now,
                ["lastTimestamp"] = now,
                ["count"] = 1,
            }, cancellationToken);
        }
        catch (ApiException refusal)
        {
            LogNotDispatched(log, @namespace, name, refusal.Message);
        }
    }

    private static void Overlay(JsonObject workflow, string field, IEnumerable<KeyValuePair<string, string>> entries)
    {
        foreach (var (key, value) in entries)
        {
            workflow.Ensure("metadata").Ensure(field)[key] = value;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "event binding {Namespace}/{Name}: {Reason}")]
    private static partial void LogNotDispatched(ILogger log, string @namespace, string name, string reason);
}
