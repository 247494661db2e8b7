namespace Argosy.ClusterAgent.Outbound;

/// <summary>Where the agent goes on behalf of whoever writes manifests.</summary>
internal enum Reach
{
    Anywhere,

    /// <summary>Not to what only the agent's own machine can reach: what listens on loopback, and a cloud's metadata, trust whoever gets there.</summary>
    BeyondThisMachine,
}
