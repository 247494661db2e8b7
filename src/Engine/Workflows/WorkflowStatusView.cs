using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>The status of a workflow as its users know it: Argo's <c>status</c>, and the cluster of each node besides.</summary>
public static class WorkflowStatusView
{
    /// <summary>The whole status, with every node.</summary>
    public static JsonObject Render(WorkflowState state)
    {
        var graph = new GraphView(state);
        var nodes = new JsonObject();
        foreach (var node in state.Nodes)
        {
            var json = RenderNode(state, node, graph);
            nodes[state.IdOf(node)] = node.Recorded is null ? json : RecordedStatus.Node(state, node, json, graph.ChildrenOf(node));
        }

        var status = new JsonObject { ["phase"] = state.Phase.ToText() };
        Set(status, "message", state.Message);
        Set(status, "startedAt", state.StartedAt);
        Set(status, "finishedAt", state.FinishedAt);
        status["progress"] = ProgressOf(state);
        if (nodes.Count > 0)
        {
            status["nodes"] = nodes;
        }

        if (Outputs(state) is { } outputs)
        {
            status["outputs"] = outputs;
        }

        if (SynchronizationView.Render(state) is { } synchronization)
        {
            status["synchronization"] = synchronization;
        }

        status["conditions"] = Conditions(state);
        if (state.WorkflowTemplateRef is not null && state.Spec is { } spec)
        {
            status["storedWorkflowTemplateSpec"] = spec.Json.DeepClone();
        }

        var clusters = state.Nodes.Select(node => node.Cluster).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        if (clusters.Length > 0)
        {
            status["clusters"] = new JsonArray([.. clusters.Select(cluster => (JsonNode)JsonValue.Create(cluster))]);
        }

        return state.Record is null ? status : RecordedStatus.Run(state, status);
    }

    /// <summary>Leaf nodes that are done, of those there are: <c>3/7</c>.</summary>
    public static string ProgressOf(WorkflowState state)
    {
        var (done, all) = state.Progress;
        return string.Create(CultureInfo.InvariantCulture, $"{done}/{all}");
    }

    private static JsonObject RenderNode(WorkflowState state, Node node, GraphView graph)
    {
        var json = new JsonObject
        {
            ["id"] = state.IdOf(node),
            ["name"] = node.Name,
            ["displayName"] = NodeNames.Display(state, node),
            ["type"] = node.Type.ToString(),
            ["phase"] = node.Phase.ToString(),
        };
        Set(json, "templateName", node.TemplateName.Length > 0 ? node.TemplateName : null);
        if (node.Scope.Holder is { } holder)
        {
            json["templateRef"] = new JsonObject { ["name"] = holder.Name, ["template"] = node.TemplateName };
        }

        json["templateScope"] = node.Scope.Text(state.Name);
        Set(json, "boundaryID", state.At(node.Boundary) is { } boundary ? state.IdOf(boundary) : null);
        Set(json, "message", node.Message);
        Set(json, "startedAt", node.StartedAt);
        Set(json, "finishedAt", node.FinishedAt);
        if (node.IsPod)
        {
            json["progress"] = node.Progress ?? (node.Phase.IsEnd() ? "1/1" : "0/1");
        }

        Set(json, "cluster", node.Cluster);
        Set(json, "hostNodeName", node.HostNodeName);
        Set(json, "podIP", node.PodIp);
        if (node.Daemoned && !node.Phase.IsEnd())
        {
            json["daemoned"] = true;
        }

        if (node.Attempt > 0)
        {
            json["failedPodRestarts"] = node.Attempt;
        }

        if (node.Generation > 0)
        {
            json["generation"] = node.Generation;
        }

        if (Flag(node) is { } flag)
        {
            json["nodeFlag"] = flag;
        }

        if (!node.Inputs.IsEmpty)
        {
            json["inputs"] = Values(node.Inputs.Parameters, node.Inputs.Artifacts);
        }

        if (!node.Outputs.IsEmpty)
        {
            json["outputs"] = RenderOutputs(node.Outputs);
        }

        if (node.Memo is { } memo)
        {
            json["memoizationStatus"] = new JsonObject { ["hit"] = memo.Hit, ["key"] = memo.Key, ["cacheName"] = memo.CacheName };
        }

        if (state.Locks.OfNode(node.Index) is { } claim)
        {
            json["synchronizationStatus"] = claim.WaitsFor is { } waited ? new JsonObject { ["waiting"] = waited } : new JsonObject();
        }

        if (graph.ChildrenOf(node) is { Count: > 0 } children)
        {
            json["children"] = Ids(state, children);
        }

        if (node.Type is NodeType.Steps or NodeType.DAG && node.Phase.IsEnd())
        {
            json["outboundNodes"] = Ids(state, graph.OutboundOf(node));
        }

        return json;
    }

    internal static JsonObject RenderOutputs(NodeOutputs outputs)
    {
        var json = Values(outputs.Parameters, outputs.Artifacts);
        Set(json, "result", outputs.Result);
        Set(json, "exitCode", outputs.ExitCode);
        return json;
    }

    private static JsonObject? Flag(Node node)
    {
        if (!node.Is(NodeFlags.Hooked) && !node.Is(NodeFlags.Retried))
        {
            return null;
        }

        var flag = new JsonObject();
        if (node.Is(NodeFlags.Hooked))
        {
            flag["hooked"] = true;
        }

        if (node.Is(NodeFlags.Retried))
        {
            flag["retried"] = true;
        }

        return flag;
    }

    private static JsonObject Values(IReadOnlyList<ParameterValue> parameters, IReadOnlyList<ArtifactValue> artifacts)
    {
        var json = new JsonObject();
        if (parameters.Count > 0)
        {
            json["parameters"] = new JsonArray([.. parameters.Select(value => new JsonObject { ["name"] = value.Name, ["value"] = value.Value })]);
        }

        if (artifacts.Count > 0)
        {
            json["artifacts"] = new JsonArray([.. artifacts.Select(value => value.Json.DeepClone())]);
        }

        return json;
    }

    private static JsonObject? Outputs(WorkflowState state)
    {
        if (state.GlobalParameters.Count == 0 && state.GlobalArtifacts.Count == 0)
        {
            return null;
        }

        return Values(
            [.. state.GlobalParameters.Select(pair => new ParameterValue(pair.Key, pair.Value))],
            [.. state.GlobalArtifacts.Values]);
    }

    private static JsonArray Conditions(WorkflowState state) =>
    [
        new JsonObject { ["type"] = "PodRunning", ["status"] = state.ActivePods > 0 ? "True" : "False" },
        .. state.Phase.IsEnd() ? new[] { new JsonObject { ["type"] = "Completed", ["status"] = "True" } } : [],
    ];

    private static JsonArray Ids(WorkflowState state, IReadOnlyList<int> nodes) =>
        [.. nodes.Select(index => (JsonNode)JsonValue.Create(state.IdOf(state[index])))];

    private static void Set(JsonObject json, string field, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            json[field] = value;
        }
    }

    private static void Set(JsonObject json, string field, DateTimeOffset? value) =>
        Set(json, field, value is { } time ? WorkflowVariables.Time(time) : null);
}
