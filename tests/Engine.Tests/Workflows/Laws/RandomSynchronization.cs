using Argosy.Engine.Synchronization;
using Argosy.Engine.Workflows;

namespace Argosy.Engine.Tests.Workflows.Laws;

/// <summary>The locks and caches around a random workflow. They outlive the hub, and another workflow holds a lock now and then.</summary>
internal sealed class RandomSynchronization(Random random)
{
    /// <summary>How many may hold each semaphore.</summary>
    public const int Limit = 2;

    private readonly LockTable table = new();
    private readonly Dictionary<(string Cache, string Key), string> caches = [];
    private long strangers;

    /// <summary>What a workflow hears about an order, and what it would hear later; a stranger may come in between.</summary>
    public IEnumerable<WorkflowInput> Answer(WorkflowState state, WorkflowOrder order)
    {
        switch (order)
        {
            case AskLocks ask when state.Locks.Find(ask.Ticket) is { } claim:
                var id = new ClaimId(state.Uid, ask.Ticket);
                if (!table.Knows(id) && random.Next(5) == 0)
                {
                    table.Ask(new LockClaim(new ClaimId("stranger", strangers++), "default/stranger", claim.Locks, random.Next(-1, 2), state.CreatedAt));
                }

                table.Ask(ClaimOf(state, claim));
                foreach (var semaphore in claim.Locks.Where(name => !name.IsMutex))
                {
                    table.SetLimit(semaphore, Limit);
                }

                foreach (var granted in Grant(state))
                {
                    yield return granted;
                }

                if (table.Holds(id))
                {
                    yield return new LocksGranted(ask.Ticket);
                }
                else if (table.WaitOf(id) is { } wait)
                {
                    yield return new LocksQueued(ask.Ticket, wait.Message, wait.Lock.ToString(), wait.Holders);
                }

                break;
            case ReleaseLocks release:
                table.Release(new ClaimId(state.Uid, release.Ticket));
                break;
            case KeepLocks keep:
                foreach (var kept in table.ClaimsOf(state.Uid).Where(kept => !keep.Tickets.Contains(kept.Ticket)))
                {
                    table.Release(kept);
                }

                break;
            case ReadCache read:
                yield return new CacheAnswered(read.Node, caches.GetValueOrDefault((read.Cache, read.Key)), null);
                break;
            case WriteCache write when state.At(write.Node) is { Memo: { } memo } node:
                caches[(memo.CacheName, memo.Key)] = CacheEntry.Of(state, node).ToJsonString();
                break;
            default:
                break;
        }

        foreach (var granted in Grant(state))
        {
            yield return granted;
        }
    }

    /// <summary>What the workflow was told that it holds, it held before: locks are durable before anyone hears of them.</summary>
    public void Restore(WorkflowState state)
    {
        foreach (var claim in state.Locks.All.Where(claim => claim.Held))
        {
            table.Restore(ClaimOf(state, claim));
        }
    }

    /// <summary>Strangers go away, so that nobody waits for them for ever.</summary>
    public IReadOnlyList<WorkflowInput> StrangersLeave(WorkflowState state)
    {
        foreach (var id in table.ClaimsOf("stranger"))
        {
            table.Release(id);
        }

        return [.. Grant(state)];
    }

    /// <summary>What the workflow still holds, by the world's account.</summary>
    public IReadOnlyList<ClaimId> HeldBy(string uid) => [.. table.ClaimsOf(uid).Where(table.Holds)];

    private static LockClaim ClaimOf(WorkflowState state, HeldClaim claim) =>
        new(new ClaimId(state.Uid, claim.Ticket), LockClaims.HolderName(state, claim.Node), claim.Locks, 0, state.CreatedAt);

    private IEnumerable<WorkflowInput> Grant(WorkflowState state) =>
        table.Grant().Where(claim => claim.Id.WorkflowUid == state.Uid).Select(claim => new LocksGranted(claim.Id.Ticket));
}
