using System.Text.Json.Nodes;

namespace Argosy.Cli.Client;

/// <summary>A workflow's JSON as a reader of the command line sees it.</summary>
internal sealed class Workflow(JsonObject json)
{
    private IReadOnlyDictionary<string, Node>? nodes;

    public JsonObject Json => json;

    public string Name => json.Text("metadata", "name") ?? json.Text("metadata", "generateName") ?? "";

    public string Namespace => json.Text("metadata", "namespace") ?? "";

    /// <summary>Empty until the hub has looked at the workflow.</summary>
    public string Phase => json.Text("status", "phase") ?? "";

    public string Message => json.Text("status", "message") ?? "";

    public DateTimeOffset? CreatedAt => json.Time("metadata", "creationTimestamp");

    public DateTimeOffset? StartedAt => json.Time("status", "startedAt");

    public DateTimeOffset? FinishedAt => json.Time("status", "finishedAt");

    public string Progress => json.Text("status", "progress") ?? "";

    public bool IsCompleted => Phase is "Succeeded" or "Failed" or "Error";

    public bool IsSuccessful => Phase == "Succeeded";

    /// <summary>Whether the workflow has been told to wait, as a whole.</summary>
    public bool IsSuspended => !IsCompleted
        && (json.Flag("spec", "suspend") || Nodes.Values.Any(node => node.IsActiveSuspend));

    public IReadOnlyDictionary<string, Node> Nodes => nodes ??= ReadNodes();

    /// <summary>The spec that runs: that of the template, where the workflow only refers to one and the hub has copied it.</summary>
    public JsonObject Spec => json.At("status", "storedWorkflowTemplateSpec") as JsonObject ?? json["spec"] as JsonObject ?? [];

    public string? Label(string name) => json.Text("metadata", "labels", name);

    public IEnumerable<(string Name, string Value)> OutputParameters => Parameters(json.At("status", "outputs"));

    public IEnumerable<JsonObject> OutputArtifacts => json.Objects("status", "outputs", "artifacts");

    public IEnumerable<(string Name, string Value)> Arguments => Parameters(Spec.At("arguments"));

    /// <summary>Where its nodes have run or will.</summary>
    public IReadOnlyList<string> Clusters =>
        [.. Nodes.Values.Select(node => node.Cluster).Where(cluster => cluster.Length > 0).Distinct().Order(StringComparer.Ordinal)];

    private static IEnumerable<(string Name, string Value)> Parameters(JsonNode? owner) => owner.Objects("parameters")
        .Where(parameter => parameter["value"] is not null)
        .Select(parameter => (parameter.Text("name") ?? "", parameter.AnyText("value")!));

    private Dictionary<string, Node> ReadNodes() => json.At("status", "nodes") is JsonObject stored
        ? stored.Where(pair => pair.Value is JsonObject).ToDictionary(pair => pair.Key, pair => new Node(pair.Key, (JsonObject)pair.Value!))
        : [];
}
