using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Kubernetes.Api;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Kubernetes.Watching;

/// <summary>What a cluster's kube nodes have, and what pods have asked of them.</summary>
public static class ClusterCapacity
{
    /// <summary>What is needed of a kube node, for <see cref="InformerOptions.Keep"/>: most of the rest is its list of images.</summary>
    public static JsonObject OfNode(JsonObject node) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = node["metadata"]?["name"]?.DeepClone(), ["resourceVersion"] = node["metadata"]?["resourceVersion"]?.DeepClone() },
        ["spec"] = new JsonObject { ["unschedulable"] = node["spec"]?["unschedulable"]?.DeepClone() },
        ["status"] = new JsonObject
        {
            ["allocatable"] = node["status"]?["allocatable"]?.DeepClone(),
            ["conditions"] = new JsonArray([.. Conditions(node).Where(IsReady).Select(condition => condition.DeepClone())]),
        },
    };

    /// <param name="nodes">Only those that are ready and take pods are counted.</param>
    /// <param name="pods">Those that have ended ask for nothing.</param>
    public static Capacity Of(IEnumerable<JsonObject> nodes, IEnumerable<JsonObject> pods)
    {
        var capacity = new Capacity();
        foreach (var node in nodes.Where(TakesPods))
        {
            capacity.KubeNodes++;
            Add(capacity.Allocatable, node["status"]?["allocatable"] as JsonObject);
        }

        foreach (var pod in pods.Where(pod => (string?)pod["status"]?["phase"] is not ("Succeeded" or "Failed")))
        {
            foreach (var (resource, amount) in Requests(pod))
            {
                capacity.Requested[resource] = capacity.Requested.TryGetValue(resource, out var known) ? known + amount : amount;
            }
        }

        return capacity;
    }

    /// <summary>As the scheduler counts: all containers together, or the greediest init container where that wants more.</summary>
    public static IReadOnlyDictionary<string, long> Requests(JsonObject pod)
    {
        var together = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var container in Containers(pod, "containers"))
        {
            Add(together, container);
        }

        foreach (var container in Containers(pod, "initContainers"))
        {
            var alone = new Dictionary<string, long>(StringComparer.Ordinal);
            Add(alone, container);
            foreach (var (resource, amount) in alone)
            {
                together[resource] = Math.Max(together.GetValueOrDefault(resource), amount);
            }
        }

        return together;
    }

    private static IEnumerable<JsonObject?> Containers(JsonObject pod, string field) =>
        (pod["spec"]?[field] as JsonArray ?? []).Select(container => (container?["resources"]?["requests"] ?? container?["resources"]?["limits"]) as JsonObject);

    private static void Add(IDictionary<string, long> sum, JsonObject? amounts)
    {
        foreach (var (resource, written) in amounts ?? [])
        {
            if (Quantity.BaseUnits(resource, written?.ToString()) is { } amount)
            {
                sum[resource] = sum.TryGetValue(resource, out var known) ? known + amount : amount;
            }
        }
    }

    private static bool TakesPods(JsonObject node) =>
        node["spec"]?["unschedulable"]?.ToString() != "true" && Conditions(node).Any(condition => IsReady(condition) && (string?)condition["status"] == "True");

    private static IEnumerable<JsonObject> Conditions(JsonObject node) => (node["status"]?["conditions"] as JsonArray ?? []).OfType<JsonObject>();

    private static bool IsReady(JsonObject condition) => (string?)condition["type"] == "Ready";
}
