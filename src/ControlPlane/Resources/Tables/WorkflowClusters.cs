using System.Text.Json.Nodes;

namespace Argosy.ControlPlane.Resources.Tables;

/// <summary>The clusters that a workflow's nodes are or were in.</summary>
internal static class WorkflowClusters
{
    private const int Shown = 4;

    /// <summary>Their names in order; when there are many, the first few and how many more.</summary>
    public static string Names(JsonObject workflow)
    {
        var names = (workflow["status"]?["clusters"] as JsonArray ?? []).Select(name => name?.GetValue<string>()).OfType<string>().ToList();
        return names.Count <= Shown ? string.Join(',', names) : $"{string.Join(',', names.Take(Shown))},+{names.Count - Shown}";
    }
}
