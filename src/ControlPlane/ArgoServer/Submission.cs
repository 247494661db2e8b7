using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;
using Argosy.Engine.Cron;
using Argosy.Engine.Templates;

namespace Argosy.ControlPlane.ArgoServer;

/// <summary>A request to run a stored template, or the workflow of a cron workflow.</summary>
internal sealed record Submission(ResourceKind Kind, string Name, JsonObject Options)
{
    public bool DryRun => Options.FlagAt("dryRun") || Options.FlagAt("serverDryRun");

    /// <exception cref="ApiException">The body does not say which template to run.</exception>
    public static Submission Of(JsonObject body)
    {
        var kind = body.TextAt("resourceKind")?.ToUpperInvariant() switch
        {
            "WORKFLOWTEMPLATE" or "WORKFLOWTEMPLATES" or "WFTMPL" => Kinds.WorkflowTemplate,
            "CLUSTERWORKFLOWTEMPLATE" or "CLUSTERWORKFLOWTEMPLATES" or "CWFT" => Kinds.ClusterWorkflowTemplate,
            "CRONWORKFLOW" or "CRONWORKFLOWS" or "CRONWF" or "CWF" => Kinds.CronWorkflow,
            _ => throw RequestBody.BadRequest(
                $"resourceKind \"{body.TextAt("resourceKind")}\" cannot be submitted: use WorkflowTemplate, ClusterWorkflowTemplate or CronWorkflow"),
        };
        return body.TextAt("resourceName") is { Length: > 0 } name
            ? new(kind, name, body["submitOptions"] as JsonObject ?? [])
            : throw RequestBody.BadRequest("resourceName is required: the name of the template to submit");
    }

    public ResourceKey TemplateKey(string @namespace) => new(Kind, Kind.Namespaced ? @namespace : null, Name);

    /// <summary>
    /// The workflow that refers to the template, with the options over the template's own workflow metadata; of a cron workflow the one
    /// that it would submit now.
    /// </summary>
    public JsonObject ToWorkflow(JsonObject stored, DateTimeOffset now)
    {
        var workflow = Kind == Kinds.CronWorkflow ? CronChild.ManifestOf(new CronWorkflow(stored), ObjectMetadata.Timestamp(now)) : OfTemplate(stored);
        var metadata = workflow.Ensure("metadata");
        foreach (var (field, value) in Naming())
        {
            metadata[field] = value?.DeepClone();
        }

        Overlay(metadata.Ensure("labels"), Pairs("labels"));
        if (Pairs("annotations").ToList() is { Count: > 0 } annotations)
        {
            Overlay(metadata.Ensure("annotations"), annotations);
        }

        if (Options["ownerReference"] is JsonObject owner)
        {
            var owners = metadata["ownerReferences"] as JsonArray ?? [];
            owners.Add(owner.DeepClone());
            metadata["ownerReferences"] = owners;
        }

        workflow["spec"] = SpecMerge.Over(workflow.Ensure("spec"), Overrides());
        return workflow;
    }

    private JsonObject OfTemplate(JsonObject template)
    {
        var fromTemplate = template.At("spec", "workflowMetadata") as JsonObject;
        var labels = fromTemplate?["labels"]?.DeepClone() as JsonObject ?? [];
        labels[Kind.Namespaced ? "workflows.argoproj.io/workflow-template" : "workflows.argoproj.io/cluster-workflow-template"] = Name;
        var metadata = new JsonObject { ["labels"] = labels };
        if (fromTemplate?["annotations"] is JsonObject { Count: > 0 } annotations)
        {
            metadata["annotations"] = annotations.DeepClone();
        }

        var reference = new JsonObject { ["name"] = Name };
        if (!Kind.Namespaced)
        {
            reference["clusterScope"] = true;
        }

        return new JsonObject
        {
            ["apiVersion"] = Kinds.Workflow.ApiVersion,
            ["kind"] = Kinds.Workflow.Kind,
            ["metadata"] = metadata,
            ["spec"] = new JsonObject { ["workflowTemplateRef"] = reference },
        };
    }

    private JsonObject Naming() => (Options.TextAt("name"), Options.TextAt("generateName")) switch
    {
        ({ Length: > 0 } name, _) => new() { ["name"] = name },
        (_, { Length: > 0 } prefix) => new() { ["generateName"] = prefix },
        _ => new() { ["generateName"] = Name + "-" },
    };

    private JsonObject Overrides()
    {
        var spec = new JsonObject();
        Copy(spec, "entrypoint", Options["entryPoint"] ?? Options["entrypoint"]);
        Copy(spec, "serviceAccountName", Options["serviceAccount"]);
        Copy(spec, "priority", Options["priority"]);
        Copy(spec, "podPriorityClassName", Options["podPriorityClassName"]);
        var parameters = Options.TextsAt("parameters").Select(Parameter).ToArray<JsonNode>();
        if (parameters.Length > 0)
        {
            spec["arguments"] = new JsonObject { ["parameters"] = new JsonArray(parameters) };
        }

        return spec;
    }

    private static JsonObject Parameter(string pair)
    {
        var at = pair.IndexOf('=', StringComparison.Ordinal);
        return at > 0
            ? new JsonObject { ["name"] = pair[..at], ["value"] = pair[(at + 1)..] }
            : throw RequestBody.BadRequest($"expected parameter of the form: NAME=VALUE. Received: {pair}");
    }

    private static void Copy(JsonObject spec, string field, JsonNode? value)
    {
        if (value is not null && value.ToString() is { Length: > 0 })
        {
            spec[field] = value.DeepClone();
        }
    }

    // Labels and annotations come as one text: a=b,c=d.
    private IEnumerable<(string Key, string Value)> Pairs(string option)
    {
        foreach (var pair in (Options.TextAt(option) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            yield return at > 0
                ? (pair[..at], pair[(at + 1)..])
                : throw RequestBody.BadRequest($"{option} must be a list of KEY=VALUE; received {pair}");
        }
    }

    private static void Overlay(JsonObject target, IEnumerable<(string Key, string Value)> pairs)
    {
        foreach (var (key, value) in pairs)
        {
            target[key] = value;
        }
    }
}
