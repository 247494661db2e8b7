using System.Text.Json.Nodes;
using Argosy.Engine.Workflows;

namespace Argosy.Engine.Simulation;

/// <summary>
/// A simulation as other programs read it: <c>{phase, message, nodes: [{name, type, phase, message?, cluster?, children, outputs?}], outputs}</c>,
/// the nodes in order of creation, children by their names, outputs as in a workflow's status.
/// </summary>
public static class SimulationView
{
    /// <param name="withClusters">Whether there was a fleet to place nodes in.</param>
    public static JsonObject Render(Simulated simulated, bool withClusters)
    {
        var status = WorkflowStatusView.Render(simulated.State);
        var nodes = status["nodes"] as JsonObject ?? [];
        return new JsonObject
        {
            ["phase"] = status["phase"]?.DeepClone(),
            ["message"] = simulated.Standstill ?? simulated.State.Message ?? "",
            ["nodes"] = new JsonArray([.. nodes.Select(pair => (JsonNode)RenderNode((JsonObject)pair.Value!, nodes, withClusters))]),
            ["outputs"] = status["outputs"]?.DeepClone() ?? new JsonObject(),
        };
    }

    private static JsonObject RenderNode(JsonObject node, JsonObject nodes, bool withClusters)
    {
        var json = new JsonObject();
        Copy("name");
        Copy("type");
        Copy("phase");
        Copy("message");
        if (withClusters)
        {
            Copy("cluster");
        }

        json["children"] = new JsonArray([.. (node["children"] as JsonArray ?? []).Select(id => nodes[(string)id!]!["name"]!.DeepClone())]);
        Copy("outputs");
        return json;

        void Copy(string field)
        {
            if (node[field] is { } value)
            {
                json[field] = value.DeepClone();
            }
        }
    }
}
