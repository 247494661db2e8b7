using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Dispatch;
using Argosy.Engine.Workflows;
using Orleans;

namespace Argosy.ControlPlane.Workflows;

/// <summary>The arbiter of one workflow's work; its key is the workflow's uid. The truth is the journal.</summary>
public interface IWorkflowGrain : IGrainWithStringKey
{
    /// <summary>Starts the workflow, or goes on with it after a restart. Repeating it changes nothing.</summary>
    /// <param name="manifest">The stored object as JSON.</param>
    Task Submit(string manifest);

    /// <summary>Takes what its owner changed in the object: suspend, shutdown, activeDeadlineSeconds.</summary>
    Task SpecChanged(string manifest);

    /// <summary>Takes reports of a cluster's agent; durable when the task completes. What it says of another cluster's node changes nothing.</summary>
    Task Report(string cluster, IReadOnlyList<NodeReport> reports);

    /// <summary>Those of a cluster's attempts whose nodes are decided, or go on elsewhere: nobody waits for them.</summary>
    Task<IReadOnlyList<AttemptKey>> NotAwaited(string cluster, IReadOnlyList<AttemptKey> attempts);

    /// <summary>Whether the agent of a cluster may read, or write, an artifact for this very attempt of a node.</summary>
    Task<ArtifactRight> RightTo(string cluster, AttemptKey attempt, ArtifactTransfer artifact, bool writes);

    /// <summary>What this very attempt is to do in the cluster; null when it is not placed there, or is decided.</summary>
    Task<PodIntent?> IntentOf(string cluster, AttemptKey attempt);

    /// <summary>Carries out a user's verb; answers null, or why it is refused.</summary>
    Task<string?> Ask(WorkflowInput verb);

    /// <summary>The fleet has changed: tries to place what has no place.</summary>
    Task PlaceAgain();

    /// <summary>Whether the journal knows the workflow.</summary>
    Task<bool> IsKnown();

    /// <summary>The object is gone: ends what runs and forgets the workflow.</summary>
    Task Forget();
}
