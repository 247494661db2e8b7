using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>The fields of a pod spec that say where and as whom it runs.</summary>
internal static class PodScheduling
{
    private const string Hostname = "kubernetes.io/hostname";

    // Found first in the template, then in the steps or DAG template around it, then in the workflow; taken whole, never merged.
    private static readonly string[] Inherited = ["nodeSelector", "affinity", "tolerations"];

    // The template's, else the workflow's: the pod's field, and the workflow's where it is called otherwise.
    private static readonly (string Field, string OfTemplate, string OfWorkflow)[] Overridable =
    [
        ("schedulerName", "schedulerName", "schedulerName"),
        ("priorityClassName", "priorityClassName", "podPriorityClassName"),
        ("securityContext", "securityContext", "securityContext"),
        ("automountServiceAccountToken", "automountServiceAccountToken", "automountServiceAccountToken"),
        ("resources", "podResources", "podResources"),
        ("resourceClaims", "resourceClaims", "resourceClaims"),
    ];

    private static readonly string[] OfWorkflowOnly = ["hostNetwork", "dnsPolicy", "dnsConfig", "imagePullSecrets"];

    public static void Shape(JsonObject spec, WorkflowState state, Node node, JsonObject template, IVariables variables)
    {
        var workflow = state.Spec!.Json;
        var boundary = state.At(node.Boundary) is { } group ? TemplateLookup.Of(state, group)?.Json : null;
        foreach (var field in Inherited)
        {
            if (IsSet(template[field]))
            {
                spec[field] = template[field]!.DeepClone();
            }
            else if (new[] { boundary, workflow }.FirstOrDefault(holder => IsSet(holder?[field])) is { } holder)
            {
                spec[field] = Rendered(holder[field]!, variables);
            }
        }

        foreach (var (field, ofTemplate, ofWorkflow) in Overridable)
        {
            if (IsSet(template[ofTemplate]))
            {
                spec[field] = template[ofTemplate]!.DeepClone();
            }
            else if (IsSet(workflow[ofWorkflow]))
            {
                spec[field] = Rendered(workflow[ofWorkflow]!, variables);
            }
        }

        foreach (var field in OfWorkflowOnly.Where(field => IsSet(workflow[field])))
        {
            spec[field] = Rendered(workflow[field]!, variables);
        }

        var aliases = workflow.Objects("hostAliases").Select(alias => Rendered(alias, variables)).Concat(template.Objects("hostAliases").Select(alias => alias.DeepClone())).ToArray();
        if (aliases.Length > 0)
        {
            spec["hostAliases"] = new JsonArray([.. aliases]);
        }

        AvoidEarlierHosts(spec, state, node);
    }

    /// <summary>A retry strategy may ask that no attempt run where an earlier one failed.</summary>
    private static void AvoidEarlierHosts(JsonObject spec, WorkflowState state, Node node)
    {
        if (!node.Is(NodeFlags.Retried) || state.At(node.Owner) is not { Type: NodeType.Retry } retry
            || !(TemplateLookup.Of(state, retry)?.Json.Object("retryStrategy").Object("affinity")?.ContainsKey("nodeAntiAffinity") ?? false))
        {
            return;
        }

        var hosts = retry.Members.Where(member => member < node.Index).Select(member => state.At(member)?.HostNodeName).OfType<string>()
            .Where(host => host.Length > 0).Distinct(StringComparer.Ordinal).ToList();
        if (hosts.Count == 0)
        {
            return;
        }

        var elsewhere = new JsonObject
        {
            ["key"] = Hostname, ["operator"] = "NotIn", ["values"] = new JsonArray([.. hosts.Select(host => (JsonNode?)host)]),
        };
        var terms = Child(Child(Child(spec, "affinity"), "nodeAffinity"), "requiredDuringSchedulingIgnoredDuringExecution");
        if (terms["nodeSelectorTerms"] is not JsonArray { Count: > 0 } alternatives)
        {
            terms["nodeSelectorTerms"] = alternatives = [new JsonObject()];
        }

        // Terms are alternatives: the wish has to stand in each of them.
        foreach (var term in alternatives.OfType<JsonObject>())
        {
            if (term["matchExpressions"] is not JsonArray expressions)
            {
                term["matchExpressions"] = expressions = [];
            }

            expressions.Add(elsewhere.DeepClone());
        }
    }

    private static JsonObject Child(JsonObject parent, string field)
    {
        if (parent[field] is not JsonObject child)
        {
            parent[field] = child = [];
        }

        return child;
    }

    private static bool IsSet(JsonNode? value) => value switch
    {
        null => false,
        JsonArray items => items.Count > 0,
        JsonObject fields => fields.Count > 0,
        JsonValue text when text.TryGetValue(out string? plain) => plain.Length > 0,
        _ => true,
    };

    private static JsonNode? Rendered(JsonNode json, IVariables variables) => JsonTags.Compile(json).Render(variables).Json;
}
