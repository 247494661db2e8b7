using System.Text.Json.Nodes;

namespace Argosy.Contracts.Agents;

/// <summary>Where the outputs of an attempt go that are too long for its pod's termination message: the hub's own store, until the attempt is let go.</summary>
public static class AttemptOutputs
{
    private const string Folder = ".outputs";

    /// <summary>The location of one attempt's outputs.</summary>
    public static JsonObject LocationOf(AttemptKey key) =>
        At(FormattableString.Invariant($"{Folder}/{key.WorkflowUid}/{key.NodeId}-{key.Generation}-{key.Attempt}.json"));

    /// <summary>The location below which all outputs of a workflow's attempts are.</summary>
    public static JsonObject FolderOf(string workflowUid) => At($"{Folder}/{workflowUid}");

    private static JsonObject At(string key) => new() { ["embedded"] = new JsonObject { ["key"] = key } };
}
