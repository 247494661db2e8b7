using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;
using Argosy.Engine.Workflows;
using Microsoft.Extensions.Logging;

namespace Argosy.ControlPlane.Workflows;

/// <summary>Shows what users expect to find beside a workflow: its pods, wherever they are, and events about its life.</summary>
internal sealed class WorkflowViews(IResources resources, TimeProvider time, ILogger<WorkflowViews> log)
{
    public const string ClusterAnnotation = "argosy.io/cluster";
    public const string AttemptAnnotation = "argosy.io/attempt";
    public const string GenerationAnnotation = "argosy.io/generation";
    private const string Prefix = "workflows.argoproj.io/";

    /// <summary>Shows the pods that the facts concern, and an event for each change of the workflow's phase.</summary>
    public void Show(WorkflowState state, IReadOnlyList<WorkflowFact> facts)
    {
        var touched = new HashSet<int>();
        foreach (var fact in facts)
        {
            switch (fact)
            {
                case NodePlaced placed:
                    touched.Add(placed.Node);
                    break;
                case NodeStarted started:
                    touched.Add(started.Node);
                    break;
                case NodeDaemoned daemoned:
                    touched.Add(daemoned.Node);
                    break;
                case NodeEnded ended:
                    touched.Add(ended.Node);
                    break;
                case WorkflowPhaseChanged changed:
                    Tell(state, changed);
                    break;
                default:
                    break;
            }
        }

        // Thousands of pods may share these.
        var (open, completed) = (Labels(state, "false"), Labels(state, "true"));
        foreach (var index in touched)
        {
            if (state.At(index) is { Type: NodeType.Pod, Cluster: not null, PodRemoved: false } node)
            {
                ShowPod(state, node, node.Phase.IsEnd() ? completed : open);
            }
        }
    }

    /// <summary>Shows every pod of the workflow.</summary>
    public void ShowAll(WorkflowState state)
    {
        var (open, completed) = (Labels(state, "false"), Labels(state, "true"));
        foreach (var node in state.Nodes.Where(node => node is { Type: NodeType.Pod, Cluster: not null, PodRemoved: false }))
        {
            ShowPod(state, node, node.Phase.IsEnd() ? completed : open);
        }
    }

    public void Withdraw(WorkflowState state) => Withdraw(state, state.Nodes.Where(node => node is { Type: NodeType.Pod, Cluster: not null }));

    public void Withdraw(WorkflowState state, IEnumerable<Node> pods)
    {
        foreach (var node in pods)
        {
            resources.WithdrawView(KeyOf(state, node));
        }
    }

    private static ResourceKey KeyOf(WorkflowState state, Node node) =>
        new(Kinds.Pod, state.Namespace, NodeNames.Pod(state, node));

    private static Dictionary<string, string> Labels(WorkflowState state, string completed) => new(StringComparer.Ordinal)
    {
        [Prefix + "workflow"] = state.Name,
        [Prefix + "completed"] = completed,
    };

    private void ShowPod(WorkflowState state, Node node, Dictionary<string, string> labels)
    {
        var key = KeyOf(state, node);
        var seen = new Seen(
            state.IdOf(node), node.Name, state.Name, state.Uid, node.Cluster!, node.Phase, node.Message, node.StartedAt, node.FinishedAt,
            node.PodIp, node.HostNodeName, node.Attempt, node.Generation, ContainerJson(state, node));
        resources.ShowView(key, labels, () => Render(key, labels, seen));
    }

    /// <summary>As text: shown pods are remembered for long, and a tree would hold on to the whole rendered template.</summary>
    private static string? ContainerJson(WorkflowState state, Node node)
    {
        var template = TemplateJson(state, node);
        return (template?["container"] ?? template?["script"])?.ToJsonString();
    }

    private static JsonObject? TemplateJson(WorkflowState state, Node node) => node.Phase.IsEnd() ? null : PodRequests.Of(state, node).Template;

    /// <summary>What was true of a node when its pod was shown.</summary>
    private sealed record Seen(
        string NodeId, string NodeName, string Workflow, string WorkflowUid, string Cluster, NodePhase Phase, string? Message,
        DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, string? PodIp, string? Host, int Attempt, int Generation, string? ContainerJson);

    private static JsonObject Render(ResourceKey key, IReadOnlyDictionary<string, string> labels, Seen seen)
    {
        var container = seen.ContainerJson is { } json ? (JsonObject)JsonNode.Parse(json)! : [];
        container["name"] = "main";
        container.Remove("source");
        var running = seen.Phase == NodePhase.Running;
        JsonObject state = seen.Phase switch
        {
            NodePhase.Pending => new JsonObject { ["waiting"] = new JsonObject { ["reason"] = "ContainerCreating", ["message"] = seen.Message ?? "" } },
            NodePhase.Running => new JsonObject { ["running"] = new JsonObject { ["startedAt"] = Time(seen.StartedAt) } },
            _ => new JsonObject
            {
                ["terminated"] = new JsonObject
                {
                    ["exitCode"] = seen.Phase == NodePhase.Succeeded ? 0 : 1,
                    ["reason"] = seen.Phase == NodePhase.Succeeded ? "Completed" : "Error",
                    ["startedAt"] = Time(seen.StartedAt),
                    ["finishedAt"] = Time(seen.FinishedAt ?? seen.StartedAt),
                },
            },
        };
        var status = new JsonObject
        {
            ["phase"] = seen.Phase switch
            {
                NodePhase.Pending => "Pending",
                NodePhase.Running => "Running",
                NodePhase.Succeeded => "Succeeded",
                _ => "Failed",
            },
            ["startTime"] = Time(seen.StartedAt),
            ["containerStatuses"] = new JsonArray(new JsonObject
            {
                ["name"] = "main", ["ready"] = running, ["restartCount"] = 0, ["image"] = container["image"]?.DeepClone() ?? "", ["imageID"] = "", ["state"] = state,
            }),
        };
        if (seen.Message is not null)
        {
            status["message"] = seen.Message;
        }

        if (seen.PodIp is not null)
        {
            status["podIP"] = seen.PodIp;
        }

        var shown = new JsonObject();
        foreach (var (label, value) in labels)
        {
            shown[label] = value;
        }

        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject
            {
                ["name"] = key.Name,
                ["namespace"] = key.Namespace,
                ["labels"] = shown,
                ["creationTimestamp"] = Time(seen.StartedAt),
                ["annotations"] = new JsonObject
                {
                    [Prefix + "node-id"] = seen.NodeId,
                    [Prefix + "node-name"] = seen.NodeName,
                    [Prefix + "workflow-name"] = seen.Workflow,
                    [Prefix + "workflow-uid"] = seen.WorkflowUid,
                    ["kubectl.kubernetes.io/default-container"] = "main",
                    [ClusterAnnotation] = seen.Cluster,
                    [AttemptAnnotation] = seen.Attempt.ToString(CultureInfo.InvariantCulture),
                    [GenerationAnnotation] = seen.Generation.ToString(CultureInfo.InvariantCulture),
                },
            },
            ["spec"] = new JsonObject { ["nodeName"] = seen.Cluster, ["containers"] = new JsonArray(container), ["restartPolicy"] = "Never" },
            ["status"] = status,
        };
    }

    private void Tell(WorkflowState state, WorkflowPhaseChanged changed)
    {
        var (type, reason, message) = changed.Phase switch
        {
            WorkflowPhase.Running => ("Normal", "WorkflowRunning", "Workflow Running"),
            WorkflowPhase.Succeeded => ("Normal", "WorkflowSucceeded", "Workflow completed"),
            WorkflowPhase.Failed => ("Warning", state.DeadlineExceeded ? "WorkflowTimedOut" : "WorkflowFailed", changed.Message ?? "Workflow failed"),
            WorkflowPhase.Error => ("Warning", "WorkflowFailed", changed.Message ?? "Workflow error"),
            WorkflowPhase.None or WorkflowPhase.Pending => ("", "", ""),
        };
        if (reason.Length > 0)
        {
            _ = CreateEventAsync(state.Namespace, state.Name, state.Uid, type, reason, message);
        }
    }

    private async Task CreateEventAsync(string @namespace, string workflow, string uid, string type, string reason, string message)
    {
        var now = Time(time.GetUtcNow());
        try
        {
            await resources.CreateAsync(Kinds.Event, @namespace, new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Event",
                ["metadata"] = new JsonObject { ["generateName"] = workflow + ".", ["namespace"] = @namespace },
                ["involvedObject"] = new JsonObject
                {
                    ["apiVersion"] = Kinds.Workflow.ApiVersion, ["kind"] = "Workflow", ["name"] = workflow, ["namespace"] = @namespace, ["uid"] = uid,
                },
                ["type"] = type,
                ["reason"] = reason,
                ["message"] = message,
                ["source"] = new JsonObject { ["component"] = "workflow-controller" },
                ["firstTimestamp"] = now,
                ["lastTimestamp"] = now,
                ["count"] = 1,
            }, CancellationToken.None);
        }
        catch (Exception failure)
        {
            WorkflowLog.StatusNotShown(log, failure, @namespace, workflow); // an event is for people; the workflow goes on without it
        }
    }

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
