using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Executors;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Kubernetes.Pods;

/// <summary>What a pod's status means for its node.</summary>
internal sealed record PodReading(PodPhase Phase, string Message)
{
    /// <summary>The work is over: no later status changes what is said here.</summary>
    public bool IsOver => Phase is not (PodPhase.PodPending or PodPhase.PodRunning);

    /// <summary>The work is over, but containers beside it run on and have to be ended.</summary>
    public bool LeavesOthersRunning { get; init; }

    /// <summary>Exit code of the main container.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Running, and every container ready.</summary>
    public bool Ready { get; init; }

    public DateTimeOffset? Started { get; init; }

    public DateTimeOffset? Finished { get; init; }

    /// <summary>What the executor left; null where there was none, or it could not write.</summary>
    public TerminationMessage? Left { get; init; }

    public IReadOnlyList<ContainerReport> Containers { get; init; } = [];
}
