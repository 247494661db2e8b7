using Argosy.Engine.Synchronization;
using Orleans;

namespace Argosy.ControlPlane.Synchronization;

/// <summary>
/// The one arbiter of all locks: only who sees all queues can give several locks at once. Its key is always <see cref="Key"/>. What it
/// grants is durable before the holder hears of it; answers come to the workflow's grain as inputs.
/// </summary>
public interface ILockGrain : IGrainWithStringKey
{
    const string Key = "locks";

    /// <summary>Puts a claim in line. Asking again repeats the answer.</summary>
    Task Ask(LockClaim claim);

    /// <summary>Gives up one claim; durable when the task completes.</summary>
    Task Release(ClaimId id);

    /// <summary>Gives up all claims of a workflow but these; durable when the task completes.</summary>
    Task Keep(string workflowUid, IReadOnlyList<long> tickets);

    /// <summary>A ConfigMap changed, or is gone: limits may be in it.</summary>
    Task ConfigMapChanged(string @namespace, string name);

    /// <summary>The limit of a database semaphore changed, or is gone.</summary>
    Task DatabaseLimitChanged(string @namespace, string key);
}
