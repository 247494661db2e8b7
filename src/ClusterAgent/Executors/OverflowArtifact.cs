using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Executors;

/// <summary>The outputs of an attempt that are too long for its pod's termination message, as an artifact.</summary>
internal static class OverflowArtifact
{
    public static ArtifactTransfer Of(AttemptKey key) => new()
    {
        Name = "outputs", Archive = "none", LocationJson = AttemptOutputs.LocationOf(key).ToJsonString(),
    };
}
