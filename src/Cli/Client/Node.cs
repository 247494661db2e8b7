using System.Text.Json.Nodes;

namespace Argosy.Cli.Client;

/// <summary>A node of a workflow's status as a reader of the command line sees it.</summary>
internal sealed class Node(string id, JsonObject json)
{
    public JsonObject Json => json;

    public string Id => id;

    public string Name => json.Text("name") ?? id;

    public string DisplayName => json.Text("displayName") ?? Name;

    public string Type => json.Text("type") ?? "";

    public string Phase => json.Text("phase") ?? "";

    public string Message => json.Text("message") ?? "";

    public string BoundaryId => json.Text("boundaryID") ?? "";

    public string Cluster => json.Text("cluster") ?? "";

    public string HostNodeName => json.Text("hostNodeName") ?? "";

    public DateTimeOffset? StartedAt => json.Time("startedAt");

    public DateTimeOffset? FinishedAt => json.Time("finishedAt");

    public IEnumerable<string> Children => (json["children"] as JsonArray)?.Select(child => child?.ToString() ?? "") ?? [];

    /// <summary>The template, by the name that the manifest's author gave it.</summary>
    public string TemplateName => json["templateRef"] is JsonObject reference
        ? $"{reference.Text("name")}/{reference.Text("template")}"
        : json.Text("templateName") ?? "";

    /// <summary>Whether someone has to resume it.</summary>
    public bool IsActiveSuspend => Type == "Suspend" && Phase == "Running";

    public bool IsFinished => Phase is "Succeeded" or "Failed" or "Error" or "Skipped" or "Omitted";

    public IEnumerable<string> OutputArtifacts => json.Objects("outputs", "artifacts").Select(artifact => artifact.Text("name") ?? "");

    /// <summary>The name of the node's pod, which follows from the names of workflow, template and node.</summary>
    public string PodName(Workflow workflow)
    {
        if (workflow.Json.Text("metadata", "annotations", "workflows.argoproj.io/pod-name-format") == "v1")
        {
            return Id;
        }

        if (Name == workflow.Name)
        {
            return workflow.Name;
        }

        var template = json["templateRef"].Text("template") ?? json.Text("templateName") ?? "";
        var prefix = template.Length > 0 ? $"{workflow.Name}-{template}" : workflow.Name;
        return $"{prefix[..Math.Min(prefix.Length, LongestPodPrefix)]}-{Fnv1a(Name)}";
    }

    // 253 characters that Kubernetes allows, less a dash and ten digits.
    private const int LongestPodPrefix = 242;

    private static uint Fnv1a(string text)
    {
        var hash = 2166136261u;
        foreach (var octet in System.Text.Encoding.UTF8.GetBytes(text))
        {
            hash = (hash ^ octet) * 16777619u;
        }

        return hash;
    }
}
