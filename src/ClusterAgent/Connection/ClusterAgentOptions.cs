using System.ComponentModel.DataAnnotations;

namespace Argosy.ClusterAgent.Connection;

/// <summary>How an agent keeps in touch with its hub.</summary>
public sealed class ClusterAgentOptions
{
    /// <summary>The cluster's name, as the hub knows it.</summary>
    [Required]
    public required string Cluster { get; init; }

    /// <summary>Facts about the cluster for people and for placement scores; never used in authorisation.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();

    /// <summary>Time between two heartbeats, give or take a fifth. Default 5 s.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The first pause after a lost connection; it doubles with each failure in a row. Default 100 ms.</summary>
    public TimeSpan FirstReconnectPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest pause between two tries to connect; a session that lasts longer starts the pauses anew. Default 15 s.</summary>
    public TimeSpan LongestReconnectPause { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The pause after the hub has refused the agent, which only people can change. Default 30 s.</summary>
    public TimeSpan RefusedPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the hub hears of the cluster's capacity at most. Default 10 s.</summary>
    public TimeSpan CapacityInterval { get; init; } = TimeSpan.FromSeconds(10);
}
