using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>Everything an agent needs to know to run one node's pod.</summary>
public sealed record PodRequest
{
    public required string NodeId { get; init; }

    public required string NodeName { get; init; }

    public required string PodName { get; init; }

    public required string TemplateName { get; init; }

    /// <summary>The template with every tag resolved.</summary>
    public required JsonObject Template { get; init; }

    public required NodeInputs Inputs { get; init; }

    public required PlacementRule Placement { get; init; }

    public DateTimeOffset? Deadline { get; init; }

    public bool Daemon { get; init; }

    public bool CaptureResult { get; init; }

    /// <summary>The workflow's and the template's volumes, rendered.</summary>
    public required JsonArray Volumes { get; init; }

    public required string ServiceAccount { get; init; }

    /// <summary>Tags without a value; a node with one cannot run.</summary>
    public string? Unresolved { get; init; }

    /// <summary>How long the node may stay Pending, and how long it may take in all; from its start.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>When it must have begun to run (<c>pendingTimeout</c>); null: it may wait.</summary>
    public DateTimeOffset? PendingDeadline { get; init; }
}

/// <summary>Works out a node's pod from the state: the same state gives the same pod.</summary>
public static class PodRequests
{
    /// <exception cref="ExpressionException">An expression in the template cannot be evaluated.</exception>
    public static PodRequest Of(WorkflowState state, Node node)
    {
        if (node.Plan is PodRequest known)
        {
            return known;
        }

        var template = node.Template ?? TemplateLookup.Of(state, node)
            ?? throw new ExpressionException($"template {node.TemplateName} of node {node.Name} is gone");
        var podName = NodeNames.Pod(state.Name, node.Name, node.TemplateName);
        var variables = Variables(state, node, template, podName);
        var rendered = template.Tags.Render(variables);
        var body = (JsonObject)rendered.Json!;
        var (volumes, volumeTag) = Volumes(state, body, variables);
        var timeout = Duration.Parse(body.Text("timeout"));
        var request = new PodRequest
        {
            NodeId = state.IdOf(node),
            NodeName = node.Name,
            PodName = podName,
            TemplateName = node.TemplateName,
            Template = body,
            Inputs = node.Inputs,
            Placement = Placement(state, body, variables),
            Deadline = Deadline(state, node, body, timeout),
            Daemon = template.Daemon,
            CaptureResult = node.Is(NodeFlags.CaptureResult),
            Volumes = volumes,
            ServiceAccount = body.Text("serviceAccountName") ?? state.Spec!.ServiceAccountName,
            Timeout = timeout,
            PendingDeadline = node.StartedAt + Duration.Parse(body.Text("pendingTimeout")),
            Unresolved = rendered.Unresolved.Concat(rendered.Absent).FirstOrDefault(StepCalls.MustResolve) ?? volumeTag,
        };
        node.Plan = request;
        return request;
    }

    private static LocalVariables Variables(WorkflowState state, Node node, Template template, string podName)
    {
        var local = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["pod.name"] = podName,
            ["node.name"] = node.Name,
        };
        if (state.At(node.Boundary) is { } boundary && node.StepName is { } step)
        {
            local[boundary.Type == NodeType.DAG ? "tasks.name" : "steps.name"] = step;
        }

        foreach (var output in template.Outputs.Parameters)
        {
            if (output.ValueFrom?.Path is { } path)
            {
                local[$"outputs.parameters.{output.Name}.path"] = path;
            }
        }

        foreach (var output in template.Outputs.Artifacts)
        {
            if (output.Path is { } path)
            {
                local[$"outputs.artifacts.{output.Name}.path"] = path;
            }
        }

        // An input artifact's path is known even where an optional one was not supplied.
        foreach (var input in template.Inputs.Artifacts)
        {
            if (input.Path is { } path)
            {
                local[$"inputs.artifacts.{input.Name}.path"] = path;
            }
        }

        if (node.Is(NodeFlags.Retried))
        {
            foreach (var (name, value) in RetryVariables.ForTemplate(state, node))
            {
                local[name] = value;
            }
        }

        // Only what was true when the node started may show in its pod, so that a restart works out the same one.
        return new LocalVariables(local, new LayeredVariables(new InputVariables(node.Inputs), new WorkflowVariables(state, node.StartedAt)));
    }

    private static (JsonArray Volumes, string? Unresolved) Volumes(WorkflowState state, JsonObject body, IVariables variables)
    {
        var volumes = new JsonArray();
        string? unresolved = null;
        if (state.Spec!.Json["volumes"] is JsonArray shared)
        {
            var rendered = JsonTags.Compile(shared).Render(variables);
            unresolved = rendered.Unresolved.Concat(rendered.Absent).FirstOrDefault(StepCalls.MustResolve);
            Append(volumes, rendered.Json as JsonArray);
        }

        foreach (var claim in state.Spec.Json.Objects("volumeClaimTemplates"))
        {
            var name = claim.Object("metadata").Text("name") ?? "";
            volumes.Add(new JsonObject
            {
                ["name"] = name,
                ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = $"{state.Name}-{name}" },
            });
        }

        Append(volumes, body["volumes"] as JsonArray);
        return (volumes, unresolved);
    }

    private static void Append(JsonArray to, JsonArray? from)
    {
        foreach (var volume in from ?? [])
        {
            to.Add(volume?.DeepClone());
        }
    }

    private static PlacementRule Placement(WorkflowState state, JsonObject body, IVariables variables)
    {
        if (Rule(body, body.Object("metadata").TextMap("annotations").Concat(body.TextMap("annotations"))) is { } own)
        {
            return own;
        }

        var spec = state.Spec!.Json;
        var annotations = state.Manifest.Object("metadata").TextMap("annotations");
        if (Rule(spec, annotations) is not { } shared)
        {
            return PlacementRule.Anywhere;
        }

        string? Rendered(string? text) => text is null ? null : TagText.Parse(text).Render(variables).Text;
        return new PlacementRule(Rendered(shared.Cluster), Rendered(shared.ClusterSelector));
    }

    private static PlacementRule? Rule(JsonObject json, IEnumerable<KeyValuePair<string, string>> annotations)
    {
        string? Annotation(string name) => annotations.FirstOrDefault(pair => pair.Key == name).Value;
        var cluster = json.Text("cluster") ?? Annotation("argosy.io/cluster");
        var selector = Selector(json.Object("placement")?["clusterSelector"]) ?? Annotation("argosy.io/cluster-selector");
        return string.IsNullOrEmpty(cluster) && string.IsNullOrEmpty(selector) ? null : new PlacementRule(cluster, selector);
    }

    // A selector in Kubernetes' text form, or as a LabelSelector object, which is put into that form.
    private static string? Selector(JsonNode? node)
    {
        if (node is not JsonObject selector)
        {
            return SpecJson.TextOf(node);
        }

        var labels = selector.ContainsKey("matchLabels") || selector.ContainsKey("matchExpressions") ? selector.TextMap("matchLabels") : new JsonObject { ["all"] = selector.DeepClone() }.TextMap("all");
        var terms = labels.Select(pair => $"{pair.Key}={pair.Value}").Concat(selector.Objects("matchExpressions").Select(expression =>
        {
            var (key, values) = (expression.Text("key"), string.Join(',', expression.Texts("values")));
            return expression.Text("operator") switch
            {
                "In" => $"{key} in ({values})",
                "NotIn" => $"{key} notin ({values})",
                "DoesNotExist" => $"!{key}",
                _ => key ?? "",
            };
        }));
        return string.Join(',', terms);
    }

    private static DateTimeOffset? Deadline(WorkflowState state, Node node, JsonObject body, TimeSpan? timeout)
    {
        DateTimeOffset? deadline = null;
        void Consider(DateTimeOffset? candidate) => deadline = deadline is null || candidate < deadline ? candidate ?? deadline : deadline;
        if (long.TryParse(body.Text("activeDeadlineSeconds"), NumberStyles.Integer, CultureInfo.InvariantCulture, out var seconds))
        {
            Consider(node.StartedAt.AddSeconds(Math.Clamp(seconds, 0, int.MaxValue)));
        }

        if (timeout is { } limit)
        {
            Consider(node.StartedAt + limit);
        }

        if (state.At(node.Owner) is { Type: NodeType.Retry } retry && node.Is(NodeFlags.Retried)
            && TemplateLookup.Of(state, retry)?.RetryStrategy?.Backoff?.MaxDuration is { } max)
        {
            Consider(state[retry.Members[0]].StartedAt + max);
        }

        if (!node.Is(NodeFlags.Exempt))
        {
            Consider(state.DeadlineAt);
        }

        return deadline;
    }
}
