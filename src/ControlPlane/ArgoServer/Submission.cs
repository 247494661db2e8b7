using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;

namespace Argosy.ControlPlane.ArgoServer;

/// <summary>A request to run a stored template.</summary>
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
            _ => throw RequestBody.BadRequest(
                $"resourceKind \"{body.TextAt("resourceKind")}\" cannot be submitted: use WorkflowTemplate or ClusterWorkflowTemplate"),
        };
        return body.TextAt("resourceName") is { Length: > 0 } name
            ? new(kind, name, body["submitOptions"] as JsonObject ?? [])
            : throw RequestBody.BadRequest("resourceName is required: the name of the template to submit");
    }

    public ResourceKey TemplateKey(string @namespace) => new(Kind, Kind.Namespaced ? @namespace : null, Name);

    /// <summary>The workflow that refers to the template, with the options over the template's own workflow metadata.</summary>
    public JsonObject ToWorkflow(JsonObject template)
    {
        var fromTemplate = template.At("spec", "workflowMetadata") as JsonObject;
        var labels = fromTemplate?["labels"]?.DeepClone() as JsonObject ?? [];
        labels[Kind.Namespaced ? "workflows.argoproj.io/workflow-template" : "workflows.argoproj.io/cluster-workflow-template"] = Name;
        var annotations = fromTemplate?["annotations"]?.DeepClone() as JsonObject ?? [];
        Overlay(labels, Pairs("labels"));
        Overlay(annotations, Pairs("annotations"));

        var metadata = Naming();
        metadata["labels"] = labels;
        if (annotations.Count > 0)
        {
            metadata["annotations"] = annotations;
        }

        if (Options["ownerReference"] is JsonObject owner)
        {
            metadata["ownerReferences"] = new JsonArray(owner.DeepClone());
        }

        return new JsonObject
        {
            ["apiVersion"] = Kinds.Workflow.ApiVersion,
            ["kind"] = Kinds.Workflow.Kind,
            ["metadata"] = metadata,
            ["spec"] = Spec(),
        };
    }

    private JsonObject Naming() => (Options.TextAt("name"), Options.TextAt("generateName")) switch
    {
        ({ Length: > 0 } name, _) => new() { ["name"] = name },
        (_, { Length: > 0 } prefix) => new() { ["generateName"] = prefix },
        _ => new() { ["generateName"] = Name + "-" },
    };

    private JsonObject Spec()
    {
        var reference = new JsonObject { ["name"] = Name };
        if (!Kind.Namespaced)
        {
            reference["clusterScope"] = true;
        }

        var spec = new JsonObject { ["workflowTemplateRef"] = reference };
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
