using Argosy.ClusterAgent.Embedded.Views;

namespace Argosy.ClusterAgent.Embedded.Planning;

/// <summary>What a pod will do, with every reference resolved: nothing is looked up any more once there is a plan.</summary>
/// <param name="Init">Run one after the other, before the rest.</param>
/// <param name="Main">One container called main, or the containers of a set.</param>
/// <param name="Sidecars">Run beside, and are killed when the main ones are done.</param>
/// <param name="ScriptSource">Of a script template: what is staged for the command's last argument.</param>
internal sealed record PodPlan(
    IReadOnlyList<PlannedContainer> Init,
    IReadOnlyList<PlannedContainer> Main,
    IReadOnlyList<PlannedContainer> Sidecars,
    IReadOnlyList<PodMount> Mounts,
    string? ScriptSource,
    PlannedRetry Retry)
{
    public IEnumerable<PlannedContainer> All => Init.Concat(Main).Concat(Sidecars);
}

internal sealed record PlannedContainer(
    string Name,
    IReadOnlyList<string> Command,
    IReadOnlyList<KeyValuePair<string, string>> Environment,
    string? WorkingFolder,
    IReadOnlyList<string> Dependencies,
    PlannedProbe? Readiness);

/// <summary>How often a failed container of a set is started again in its place, and how long it waits.</summary>
internal sealed record PlannedRetry(int Retries, TimeSpan Pause)
{
    public static readonly PlannedRetry None = new(0, TimeSpan.Zero);
}

/// <summary>How a daemon shows that it is ready.</summary>
internal sealed record PlannedProbe(ProbeSpec Spec, int Port);

/// <summary>A pod cannot be made of its manifest here; the message is for the manifest's author.</summary>
internal sealed class PodPlanException(string message) : Exception(message);
