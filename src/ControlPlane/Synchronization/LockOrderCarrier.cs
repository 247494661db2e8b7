using Argosy.ControlPlane.Workflows;
using Argosy.Engine.Synchronization;
using Argosy.Engine.Workflows;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;

namespace Argosy.ControlPlane.Synchronization;

/// <summary>Brings a workflow's wishes to the arbiter, in the order it had them.</summary>
internal sealed class LockOrderCarrier(IGrainFactory grains, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<LockOrderCarrier> log) : IOrderCarrier
{
    public async Task CarryOutAsync(WorkflowState state, IReadOnlyList<WorkflowOrder> orders)
    {
        foreach (var order in orders)
        {
            if (Wish(state, order) is { } wish)
            {
                await UntilHeard.SayAsync(() => wish(grains.GetGrain<ILockGrain>(ILockGrain.Key)), time, log, lifetime.ApplicationStopping);
            }
        }
    }

    private static Func<ILockGrain, Task>? Wish(WorkflowState state, WorkflowOrder order) => order switch
    {
        AskLocks ask when state.Locks.Find(ask.Ticket) is { } claim => locks => locks.Ask(new LockClaim(
            new ClaimId(state.Uid, claim.Ticket), LockClaims.HolderName(state, claim.Node), claim.Locks, state.Spec?.Priority ?? 0, state.CreatedAt)),
        ReleaseLocks release => locks => locks.Release(new ClaimId(state.Uid, release.Ticket)),
        KeepLocks keep => locks => locks.Keep(state.Uid, keep.Tickets),
        _ => null,
    };
}
