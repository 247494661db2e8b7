using Argosy.ClusterAgent.Embedded.Planning;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Embedded.Attempts;

/// <summary>How a pod's containers ended, in one word for the node: phase, message and exit code.</summary>
internal sealed record PodOutcome(PodPhase Phase, string Message, int? ExitCode)
{
    /// <summary>A sidecar that was told to end, by SIGKILL or SIGTERM, has not failed.</summary>
    private static readonly IReadOnlyList<int> ToldToEnd = [137, 143];

    /// <summary>What a container of a set ends with when a container it depends on has failed.</summary>
    public const int DependencyFailedCode = 64;

    /// <summary>Decides from the exits so far; null while the pod is not over.</summary>
    public static PodOutcome? Decide(PodPlan plan, IReadOnlyDictionary<string, ContainerExit> exits)
    {
        foreach (var init in plan.Init)
        {
            if (exits.TryGetValue(init.Name, out var exit) && exit.Code != 0)
            {
                return Failed(init.Name, exit);
            }
        }

        if (!plan.Main.All(container => exits.ContainsKey(container.Name)))
        {
            return null;
        }

        var ended = plan.Main.Select(container => (container.Name, Exit: exits[container.Name])).ToList();
        var failed = ended.Where(container => container.Exit.Code != 0)
            .OrderBy(container => container.Exit.DependencyFailed)
            .ThenByDescending(container => container.Name == "main")
            .ToList();
        if (failed.Count > 0)
        {
            return Failed(failed[0].Name, failed[0].Exit);
        }

        var sidecar = plan.Sidecars.FirstOrDefault(
            sidecar => exits.TryGetValue(sidecar.Name, out var exit) && exit.Code != 0 && !ToldToEnd.Contains(exit.Code));
        return sidecar is null ? new PodOutcome(PodPhase.PodSucceeded, "", 0) : Failed(sidecar.Name, exits[sidecar.Name]);
    }

    /// <summary>Argo's form of the message, which people search for, and what an embedded cluster knows beyond it.</summary>
    public static string Describe(string container, ContainerExit exit) => exit switch
    {
        { DependencyFailed: true } => $"{container}: Error (exit code {exit.Code}): a container it depends on failed",
        { CommandNotFound: { } command } => $"{container}: Error (exit code {exit.Code}): command \"{command}\" not found on this machine",
        _ => $"{container}: Error (exit code {exit.Code})",
    };

    private static PodOutcome Failed(string container, ContainerExit exit) => new(PodPhase.PodFailed, Describe(container, exit), exit.Code);
}

/// <summary>How one container ended.</summary>
internal sealed record ContainerExit(int Code, DateTimeOffset At)
{
    /// <summary>The command, where this machine does not have it.</summary>
    public string? CommandNotFound { get; init; }

    /// <summary>It never started, because a container it depends on failed.</summary>
    public bool DependencyFailed { get; init; }
}
