using System.Text.Json.Nodes;
using Argosy.Engine.Synchronization;
using Argosy.Engine.Templates;
using Argosy.Engine.Workflows;

namespace Argosy.Engine.Simulation;

/// <summary>
/// Locks and caches of one simulated workflow, which is alone in its world: only its own nodes compete. A semaphore whose limit nobody knows
/// has room for one, so that what may run side by side in truth may never do so here by mistake.
/// </summary>
internal sealed class SimulatedSynchronization
{
    private readonly LockTable table = new();
    private readonly Dictionary<(string Cache, string Key), string> caches = [];

    /// <summary>Carries out an order about locks or caches; answers what the workflow hears.</summary>
    public IReadOnlyList<WorkflowInput> Answer(WorkflowState state, WorkflowOrder order, Func<ResourceRef, JsonObject?> resource)
    {
        switch (order)
        {
            case AskLocks ask when state.Locks.Find(ask.Ticket) is { } claim:
                return Ask(state, claim, resource);
            case ReleaseLocks release:
                table.Release(new ClaimId(state.Uid, release.Ticket));
                break;
            case KeepLocks keep:
                foreach (var id in table.ClaimsOf(state.Uid).Where(id => !keep.Tickets.Contains(id.Ticket)))
                {
                    table.Release(id);
                }

                break;
            case ReadCache read:
                return [new CacheAnswered(read.Node, caches.GetValueOrDefault((read.Cache, read.Key)), null)];
            case WriteCache write when state.At(write.Node) is { Memo: { } memo } node:
                caches[(memo.CacheName, memo.Key)] = CacheEntry.Of(state, node).ToJsonString();
                break;
            default:
                break;
        }

        return Granted();
    }

    private List<WorkflowInput> Ask(WorkflowState state, HeldClaim claim, Func<ResourceRef, JsonObject?> resource)
    {
        var id = new ClaimId(state.Uid, claim.Ticket);
        table.Ask(new LockClaim(id, LockClaims.HolderName(state, claim.Node), claim.Locks, state.Spec?.Priority ?? 0, state.CreatedAt));
        foreach (var name in claim.Locks.Where(name => !name.IsMutex))
        {
            table.SetLimit(name, LimitOf(name, resource));
        }

        var answers = Granted();
        if (table.WaitOf(id) is { } wait)
        {
            answers.Add(new LocksQueued(claim.Ticket, wait.Message, wait.Lock.ToString(), wait.Holders));
        }

        return answers;
    }

    private List<WorkflowInput> Granted() => [.. table.Grant().Select(claim => new LocksGranted(claim.Id.Ticket))];

    private static int LimitOf(LockName name, Func<ResourceRef, JsonObject?> resource) =>
        name is { Kind: LockKind.ConfigMapSemaphore, Key: { } key }
            && resource(new ResourceRef(ResourceRefKind.ConfigMap, name.Name)).Int(key) is > 0 and var limit
            ? limit
            : 1;
}
