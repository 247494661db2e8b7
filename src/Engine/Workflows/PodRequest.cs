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

    /// <summary>Logs of containers that are kept as artifacts: the container's name, and the artifact with its location.</summary>
    public IReadOnlyList<(string Container, JsonObject Artifact)> Logs { get; init; } = [];

    /// <summary>The pod's labels, its template's own over the workflow's.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    public required IReadOnlyDictionary<string, string> Annotations { get; init; }

    /// <summary>The claims among the pod's volumes: pods of one workflow that share a claim have to share its cluster.</summary>
    public IReadOnlyList<string> Claims { get; init; } = [];

    /// <summary>The workflow's and the template's volumes that the pod mounts, rendered.</summary>
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
        var podName = NodeNames.Pod(state, node);
        var variables = Variables(state, node, template, podName);
        var rendered = template.Tags.Render(variables);
        var body = (JsonObject)rendered.Json!;
        var (inputs, logs) = PlaceArtifacts(state, node, template, body, variables);
        var (volumes, volumeTag) = PodVolumes.Of(state, body, variables);
        var timeout = Duration.Parse(body.Text("timeout"));
        var (labels, annotations) = PodManifest.Marks(state, node, body, variables);
        var request = new PodRequest
        {
            Labels = labels,
            Annotations = annotations,
            NodeId = state.IdOf(node),
            NodeName = node.Name,
            PodName = podName,
            TemplateName = node.TemplateName,
            Template = body,
            Inputs = inputs,
            Logs = logs,
            Placement = Placement(state, body, variables),
            Deadline = Deadline(state, node, body, timeout),
            Daemon = template.Daemon,
            CaptureResult = node.Is(NodeFlags.CaptureResult),
            Volumes = volumes,
            Claims = [.. volumes.OfType<JsonObject>().Select(volume => volume.Object("persistentVolumeClaim").Text("claimName")).OfType<string>().Distinct()],
            ServiceAccount = body.Text("serviceAccountName") ?? state.Spec!.ServiceAccountName,
            Timeout = timeout,
            PendingDeadline = node.StartedAt + Duration.Parse(body.Text("pendingTimeout")),
            Unresolved = rendered.Unresolved.Concat(rendered.Absent).FirstOrDefault(StepCalls.MustResolve) ?? volumeTag,
        };
        node.Plan = request;
        return request;
    }

    /// <summary>The variables that the node's template sees.</summary>
    internal static IVariables VariablesOf(WorkflowState state, Node node) =>
        Variables(state, node, node.Template ?? TemplateLookup.Of(state, node)!, NodeNames.Pod(state, node));

    /// <summary>
    /// Where the node may run now: what its manifest says, and else the cluster that has the claims it mounts, and else that of a daemon whose address it
    /// was given.
    /// </summary>
    public static PlacementRule PlacementOf(WorkflowState state, Node node)
    {
        var request = Of(state, node);
        var home = request.Placement.Cluster ?? ClaimHome(state, request) ?? DaemonHome(state, request);
        return home == request.Placement.Cluster ? request.Placement : request.Placement with { Cluster = home };
    }

    private static string? ClaimHome(WorkflowState state, PodRequest request) =>
        request.Claims.Select(state.ClaimHomes.GetValueOrDefault).FirstOrDefault(home => home is not null);

    // The address of a pod means something in its own cluster, unless the manifest's author knows better and says where to go.
    private static string? DaemonHome(WorkflowState state, PodRequest request)
    {
        if (request.Placement != PlacementRule.Anywhere)
        {
            return null;
        }

        string? text = null;
        foreach (var daemon in state.RunningDaemons)
        {
            if (daemon is { CancelRequested: false, PodIp: { Length: > 0 } address, Cluster: { } cluster } && Mentions(text ??= request.Template.ToJsonString(), address))
            {
                return cluster;
            }
        }

        return null;
    }

    /// <summary>Whether an address stands in the text by itself, not as a part of a longer one.</summary>
    private static bool Mentions(string text, string address)
    {
        for (var at = text.IndexOf(address, StringComparison.Ordinal); at >= 0; at = text.IndexOf(address, at + 1, StringComparison.Ordinal))
        {
            var end = at + address.Length;
            var isWhole = (at == 0 || !(char.IsAsciiLetterOrDigit(text[at - 1]) || text[at - 1] == '.'))
                && (end == text.Length || !char.IsAsciiLetterOrDigit(text[end]))
                && !(end + 1 < text.Length && text[end] == '.' && char.IsAsciiDigit(text[end + 1]));
            if (isWhole)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Gives every artifact its whole location: inputs, outputs, logs, what a data template lists.</summary>
    private static (NodeInputs Inputs, IReadOnlyList<(string Container, JsonObject Artifact)> Logs) PlaceArtifacts(
        WorkflowState state, Node node, Template template, JsonObject body, IVariables variables)
    {
        var outputs = body.Object("outputs").Objects("artifacts").ToList();
        var listed = body.Object("data").Object("source").Object("artifactPaths");
        var archivesLogs = PodLogs.AreArchived(state, body);
        if (outputs.Count == 0 && node.Inputs.Artifacts.Count == 0 && listed is null && !archivesLogs)
        {
            return (node.Inputs, []);
        }

        var repository = ArtifactRepository.Of(state, body.Object("archiveLocation"), variables);
        if (outputs.Count > 0)
        {
            body["outputs"]!["artifacts"] = new JsonArray([.. outputs.Select(output =>
                (JsonNode)repository.PlaceOutput(output))]);
        }

        if (listed is not null)
        {
            body["data"]!["source"]!["artifactPaths"] = repository.PlaceFolder(listed);
        }

        var inputs = node.Inputs with
        {
            Artifacts = [.. node.Inputs.Artifacts.Select(input => new ArtifactValue(input.Name, repository.Place(Declared(template, input, variables), input.Name)))],
        };
        IReadOnlyList<(string, JsonObject)> logs = archivesLogs
            ? [.. MainContainers(body).Select(name => (name, repository.Place(
                new JsonObject { ["name"] = $"{name}-logs", ["archive"] = new JsonObject { ["none"] = new JsonObject() } }, $"{name}.log")))]
            : [];
        return (inputs, logs);
    }

    // A location of the template's own may mention its other inputs; one that a caller gave was worked out in the caller's scope.
    private static JsonObject Declared(Template template, ArtifactValue input, IVariables variables)
    {
        var own = template.Inputs.Artifacts.FirstOrDefault(declared => declared.Name == input.Name)?.Location;
        return own is var (driver, location) && JsonNode.DeepEquals(location, input.Json[driver])
            ? (JsonObject)JsonTags.Compile(input.Json).Render(variables).Json!
            : input.Json;
    }

    private static IEnumerable<string> MainContainers(JsonObject body) => body.Object("containerSet") is { } set
        ? set.Objects("containers").Select(container => container.Text("name") ?? "")
        : ["main"];

    private static PlacedVariables Variables(WorkflowState state, Node node, Template template, string podName)
    {
        var local = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["pod.name"] = podName,
            ["node.name"] = node.Is(NodeFlags.Retried) && state.At(node.Owner) is { } retry ? retry.Name : node.Name,
        };
        foreach (var name in new[] { "steps.name", "tasks.name" })
        {
            if (CallerNames.Of(state, node, name) is { } caller)
            {
                local[name] = caller;
            }
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
        var known = new LayeredVariables(new InputVariables(node.Inputs), new WorkflowVariables(state, node.StartedAt));
        return new PlacedVariables(new LocalVariables(local, known), node.Name);
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
            Consider((node.AdmittedAt ?? node.StartedAt).AddSeconds(Math.Clamp(seconds, 0, int.MaxValue)));
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
