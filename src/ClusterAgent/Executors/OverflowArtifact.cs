using System.Text.Json.Nodes;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Executors;

/// <summary>Where the outputs of an attempt go that are too long for its pod's termination message: the hub's own store.</summary>
internal static class OverflowArtifact
{
    public static ArtifactTransfer Of(AttemptKey key) => new()
    {
        Name = "outputs",
        Archive = "none",
        LocationJson = new JsonObject
        {
            ["embedded"] = new JsonObject
            {
                ["key"] = FormattableString.Invariant($".outputs/{key.WorkflowUid}/{key.NodeId}-{key.Generation}-{key.Attempt}.json"),
            },
        }.ToJsonString(),
    };
}
