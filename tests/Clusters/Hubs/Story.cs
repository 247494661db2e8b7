using System.Text;
using System.Text.Json.Nodes;

namespace Argosy.Clusters.Hubs;

/// <summary>What a workflow's object tells about its life.</summary>
internal static class Story
{
    public static string? PhaseOf(JsonObject? workflow) => (string?)workflow?["status"]?["phase"];

    public static IEnumerable<JsonObject> Nodes(JsonObject? workflow) =>
        (workflow?["status"]?["nodes"] as JsonObject ?? []).Select(node => node.Value!.AsObject());

    public static IEnumerable<JsonObject> Pods(JsonObject? workflow) => Nodes(workflow).Where(node => (string?)node["type"] == "Pod");

    /// <summary>The node of a step or task; the first where a loop made several.</summary>
    public static JsonObject Node(JsonObject workflow, string displayName) =>
        Nodes(workflow).FirstOrDefault(node => (string?)node["displayName"] == displayName)
        ?? throw new InvalidOperationException($"no node {displayName}: {Of(workflow)}");

    public static string? Output(JsonObject node, string parameter) =>
        (string?)(node["outputs"]?["parameters"] as JsonArray)?.FirstOrDefault(output => (string?)output!["name"] == parameter)?["value"];

    /// <summary>A workflow in a few lines, for a test that fails: whatever has not succeeded, with its message.</summary>
    public static string Of(JsonObject? workflow)
    {
        var text = new StringBuilder($"{workflow?["metadata"]?["name"]} {PhaseOf(workflow) ?? "without a phase"} {workflow?["status"]?["progress"]} {workflow?["status"]?["message"]}");
        foreach (var node in Nodes(workflow).Where(node => (string?)node["phase"] != "Succeeded").Take(30))
        {
            text.Append($"\n    {node["name"]} {node["type"]} {node["phase"]} {node["cluster"]} {node["message"]}");
        }

        return text.ToString();
    }
}
