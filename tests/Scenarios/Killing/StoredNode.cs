using System.Text.Json.Nodes;

namespace Argosy.Scenarios.Killing;

/// <summary>A node as the hub shows it in a workflow's status.</summary>
internal sealed record StoredNode(JsonObject Json)
{
    public string Id => (string)Json["id"]!;

    public string Type => (string)Json["type"]!;

    public string Phase => (string)Json["phase"]!;

    public string? Template => (string?)Json["templateName"];

    public int Restarts => (int?)Json["failedPodRestarts"] ?? 0;

    public string? Result => (string?)Json["outputs"]?["result"];

    public string? Input(string name) => Parameter("inputs", name);

    public string? Output(string name) => Parameter("outputs", name);

    private string? Parameter(string side, string name) =>
        (string?)Json[side]?["parameters"]?.AsArray().FirstOrDefault(parameter => (string?)parameter!["name"] == name)?["value"];
}
