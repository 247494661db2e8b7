using System.ComponentModel.DataAnnotations;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Kubernetes.Pods;

/// <summary>How pods are made in one cluster.</summary>
public sealed record PodOptions
{
    /// <summary>Namespaces in which pods may run; the agent watches these and no others.</summary>
    public required IReadOnlyList<string> Namespaces { get; init; }

    /// <summary>The image that brings the executor: the agent's own.</summary>
    [Required]
    public required string Image { get; init; }

    /// <summary>Where executors find the agent, as seen from a pod; asked for each pod, for addresses may come later than the agent.</summary>
    public required Func<IReadOnlyList<string>> ExecutorUrls { get; init; }

    /// <summary>Requests to the API server under way at once for new pods. Default 16.</summary>
    [Range(1, 1000)]
    public int CreationsAtOnce { get; init; } = 16;

    /// <summary>Pods put together at once, for which registries may have to be asked. Default 16.</summary>
    [Range(1, 1000)]
    public int BuildsAtOnce { get; init; } = 16;

    /// <summary>The first pause after the API server refused a pod for a reason that may pass; doubled for each further one. Default 1 s.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Default 30 s.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The pause after so many failures on end, the last one not counted.</summary>
    internal TimeSpan PauseAfter(int failures) =>
        TimeSpan.FromTicks((long)Math.Min(FirstPause.Ticks * Math.Pow(2, failures), LongestPause.Ticks));
}

/// <summary>What an image runs where a manifest does not say.</summary>
/// <param name="Entrypoint">Goes before the arguments.</param>
/// <param name="Cmd">The arguments where a manifest has none.</param>
public sealed record ImageCommand(IReadOnlyList<string> Entrypoint, IReadOnlyList<string> Cmd);

/// <summary>Finds what an image runs, with the pull secrets that the intent's service account may read.</summary>
/// <exception cref="PodRefusedException">It cannot be found out; the message says why and what to do.</exception>
public delegate Task<ImageCommand> FindImageCommand(string image, PodIntent intent, IReadOnlyList<string> pullSecrets, CancellationToken cancellationToken);

/// <summary>The pod cannot be made as it is described; trying again would not help. The message is for the manifest's author.</summary>
public sealed class PodRefusedException(string message, Exception? cause = null) : Exception(message, cause);
