using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>
/// A node's pod as a core/v1 Pod: what a Kubernetes cluster gets, but for what the agent's executor adds to transfer artifacts and to report.
/// The deadline is not in it: it is a moment (<see cref="PodRequest.Deadline"/>), the pod's field a duration from its start.
/// </summary>
public static class PodManifest
{
    private const string Prefix = "workflows.argoproj.io/";

    /// <exception cref="ExpressionException">A part of the workflow that shapes the pod cannot be worked out.</exception>
    public static JsonObject Of(WorkflowState state, Node node)
    {
        var request = PodRequests.Of(state, node);
        var variables = PodRequests.VariablesOf(state, node);
        var patched = PodSpecPatch.Apply(Spec(state, node, request, variables), state.Spec!.Json.Text("podSpecPatch") is { } patch
            ? TagText.Parse(patch).Render(variables).Text
            : null);
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = Metadata(state, request),
            ["spec"] = PodSpecPatch.Apply(patched, request.Template.Text("podSpecPatch")),
        };
    }

    /// <summary>
    /// Whether the pod can be refused for what it says beyond its template: only a patch is free text. Asked before the node is placed, so that it
    /// ends with the reason.
    /// </summary>
    internal static bool NeedsCheck(WorkflowState state, PodRequest request) =>
        state.Spec!.Json.Text("podSpecPatch") is not null || request.Template.Text("podSpecPatch") is not null;

    /// <summary>The workflow's own claims that the node mounts, as core/v1 PersistentVolumeClaims.</summary>
    public static JsonArray ClaimsOf(WorkflowState state, Node node)
    {
        var mounted = Claims.Mounted(state, node).ToDictionary(claim => claim.Name, claim => claim.ClaimName, StringComparer.Ordinal);
        if (mounted.Count == 0)
        {
            return [];
        }

        var variables = PodRequests.VariablesOf(state, node);
        return [.. state.Spec!.Json.Objects("volumeClaimTemplates")
            .Where(claim => mounted.ContainsKey(claim.Object("metadata").Text("name") ?? ""))
            .Select(claim => (JsonNode)ClaimOf(state, mounted[claim.Object("metadata").Text("name")!], Rendered(claim, variables)!))];
    }

    /// <summary>What protects the workflow's pods from being evicted: a PodDisruptionBudgetSpec; null when the workflow wants none.</summary>
    public static JsonObject? DisruptionBudgetOf(WorkflowState state, Node node)
    {
        if (Rendered(state.Spec!.Json.Object("podDisruptionBudget"), PodRequests.VariablesOf(state, node)) is not { } budget)
        {
            return null;
        }

        budget["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { [Prefix + "workflow"] = state.Name } };
        return budget;
    }

    private static JsonObject ClaimOf(WorkflowState state, string name, JsonObject template)
    {
        var metadata = new JsonObject { ["name"] = name, ["namespace"] = state.Namespace };
        var labels = (JsonObject?)template.Object("metadata").Object("labels")?.DeepClone() ?? [];
        labels[Prefix + "workflow"] = state.Name;
        metadata["labels"] = labels;
        if (template.Object("metadata").Object("annotations") is { } annotations)
        {
            metadata["annotations"] = annotations.DeepClone();
        }

        return new JsonObject
        {
            ["apiVersion"] = "v1", ["kind"] = "PersistentVolumeClaim", ["metadata"] = metadata, ["spec"] = template["spec"]?.DeepClone(),
        };
    }

    /// <summary>The pod's labels and annotations; a template's own stand over the workflow's podMetadata.</summary>
    internal static (IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations) Marks(
        WorkflowState state, Node node, JsonObject template, IVariables variables)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [Prefix + "workflow"] = state.Name,
            [Prefix + "completed"] = "false",
        };
        var annotations = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [Prefix + "node-id"] = state.IdOf(node),
            [Prefix + "node-name"] = node.Name,
            [Prefix + "node-type"] = node.Type.ToString(),
            [Prefix + "workflow-name"] = state.Name,
            [Prefix + "workflow-uid"] = state.Uid,
            ["kubectl.kubernetes.io/default-container"] = "main",
        };
        if (node.Is(NodeFlags.OnExit))
        {
            labels[Prefix + "on-exit"] = "true";
        }

        if (state.Manifest.Object("metadata").TextMap("labels").TryGetValue(Prefix + "controller-instanceid", out var instance))
        {
            labels[Prefix + "controller-instanceid"] = instance;
        }

        if (state.Spec!.Json.Object("podGC").Text("strategy") is { Length: > 0 } strategy)
        {
            annotations[Prefix + "pod-gc-strategy"] = $"{strategy}/{state.Spec.Json.Object("podGC").Text("deleteDelayDuration") ?? "5s"}";
        }

        var shared = Rendered(state.Spec.Json.Object("podMetadata"), variables);
        foreach (var own in new[] { shared, template.Object("metadata") })
        {
            Add(labels, own.TextMap("labels"));
            Add(annotations, own.TextMap("annotations"));
        }

        return (labels, annotations);
    }

    private static void Add(Dictionary<string, string> to, IReadOnlyDictionary<string, string> from)
    {
        foreach (var (name, value) in from)
        {
            to[name] = value;
        }
    }

    private static JsonObject Metadata(WorkflowState state, PodRequest request) => new()
    {
        ["name"] = request.PodName,
        ["namespace"] = state.Namespace,
        ["labels"] = new JsonObject(request.Labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value))),
        ["annotations"] = new JsonObject(request.Annotations.Select(annotation => KeyValuePair.Create(annotation.Key, (JsonNode?)annotation.Value))),
    };

    private static JsonObject Spec(WorkflowState state, Node node, PodRequest request, IVariables variables)
    {
        var containers = new PodContainers(state, request);
        var spec = new JsonObject { ["restartPolicy"] = "Never", ["serviceAccountName"] = request.ServiceAccount };
        Set(spec, "initContainers", containers.Init());
        Set(spec, "containers", new JsonArray([.. containers.Main(), .. containers.Sidecars()]));
        Set(spec, "volumes", (JsonArray)request.Volumes.DeepClone());
        PodScheduling.Shape(spec, state, node, request.Template, variables);
        return spec;
    }

    private static void Set(JsonObject spec, string field, JsonArray items)
    {
        if (items.Count > 0)
        {
            spec[field] = items;
        }
    }

    internal static JsonObject? Rendered(JsonObject? json, IVariables variables) =>
        json is null ? null : JsonTags.Compile(json).Render(variables).Json as JsonObject;
}
