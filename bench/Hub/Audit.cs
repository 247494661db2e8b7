using System.Text.Json.Nodes;

namespace Argosy.Hub.Bench;

/// <summary>A fast wrong answer is worth nothing: what ran must be exactly what was asked for.</summary>
internal static class Audit
{
    /// <exception cref="InvalidOperationException">A pod ran twice or never, or a status does not say that all of them succeeded.</exception>
    public static async Task CheckAsync(Load load, IReadOnlyList<string> workflows, HubClient client, InstantAgent agent)
    {
        if (agent.Dispatched.FirstOrDefault(pod => pod.Value != 1) is { Key: { } repeated, Value: var times })
        {
            throw new InvalidOperationException($"node {repeated.NodeId} was dispatched {times} times");
        }

        if (agent.Dispatched.Count != load.AllPods)
        {
            throw new InvalidOperationException($"{agent.Dispatched.Count} pods were dispatched, {load.AllPods} were asked for");
        }

        foreach (var workflow in workflows)
        {
            var nodes = (await client.GetAsync(workflow))["status"]!["nodes"]!.AsObject().Select(node => node.Value!).ToList();
            var succeeded = nodes.Count(node => Text(node, "type") == "Pod" && Text(node, "phase") == "Succeeded");
            if (succeeded != load.Pods || nodes.Any(node => Text(node, "phase") != "Succeeded"))
            {
                throw new InvalidOperationException($"workflow {workflow} shows {succeeded} pods succeeded of {load.Pods}, in {nodes.Count} nodes");
            }
        }
    }

    private static string? Text(JsonNode node, string field) => node[field]?.GetValue<string>();
}
