namespace Argosy.ClusterAgent.Connection;

/// <summary>Agents that lost the same hub must not all come back, or beat, at the same instant.</summary>
internal static class Jitter
{
    /// <summary>The span, give or take a fifth.</summary>
    public static TimeSpan About(TimeSpan span) => span * (0.8 + (0.4 * Random.Shared.NextDouble()));
}
