using System.Text.Json.Nodes;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>What a workflow keeps of the recorded status that it came with.</summary>
internal sealed class AdoptedRun(RunAdopted fact)
{
    private readonly HashSet<string> forgotten = new(StringComparer.Ordinal);

    /// <summary>The recorded status without its nodes.</summary>
    public JsonObject Status => fact.Status;

    /// <summary>Entries of the recorded nodes that were none.</summary>
    public JsonObject? Loose => fact.Loose;

    public WorkflowPhase Phase { get; } = Enum.TryParse<WorkflowPhase>(fact.Status.Text("phase"), out var phase) ? phase : WorkflowPhase.None;

    public DateTimeOffset? StartedAt => RecordedNode.Time(Status, "startedAt");

    public DateTimeOffset? FinishedAt => RecordedNode.Time(Status, "finishedAt");

    /// <summary>How many recorded nodes became nodes.</summary>
    public int Nodes { get; set; }

    /// <summary>Whether a recorded edge leads to a node that a retry removed.</summary>
    public bool Forgot(string id) => forgotten.Contains(id);

    public void Forget(string id) => forgotten.Add(id);

    /// <summary>Whether nothing has changed since the workflow came with this status.</summary>
    public bool IsCurrent(WorkflowState state) => state.Generation == 0 && state.NodeCount == Nodes && state.Phase == Phase && state.FinishedAt == FinishedAt
        && state.Nodes.All(node => node.Recorded?.IsCurrent(node) ?? false);

    /// <summary>
    /// The templates of a holder as the recorded run knew them: a template stays what it was at its first use, also where its holder has
    /// changed since or is gone. Null: it knew none.
    /// </summary>
    public JsonObject? StoredSpec(ResourceRef holder)
    {
        var prefix = $"{(holder.Kind == ResourceRefKind.ClusterWorkflowTemplate ? "cluster" : "namespaced")}/{holder.Name}/";
        var templates = (Status.Object("storedTemplates") ?? []).Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal) && pair.Value is JsonObject)
            .Select(pair => pair.Value!.DeepClone()).ToArray();
        return templates.Length == 0 ? null : new JsonObject { ["templates"] = new JsonArray(templates) };
    }
}
