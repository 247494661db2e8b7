using Argosy.ControlPlane.Resources;
using Argosy.ControlPlane.Workflows;
using Argosy.Engine.Synchronization;
using Argosy.Engine.Workflows;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Concurrency;

namespace Argosy.ControlPlane.Synchronization;

/// <summary>
/// Takes what came in, decides on the table, makes it durable, then tells the workflows. Calls interleave only while something is read or
/// written: what comes in meanwhile is decided together and shares the next write.
/// </summary>
[Reentrant]
internal sealed class LockGrain(
    LockStore store, LockLimits limits, IResources resources, IGrainFactory grains, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<LockGrain> log)
    : Grain, ILockGrain
{
    private readonly LockTable table = new();
    private readonly List<Request> inbox = [];
    private bool pumping;

    private sealed record Request(Func<Turn, Task> Act, TaskCompletionSource Done);

    /// <summary>What one round comes to.</summary>
    private sealed class Turn
    {
        public List<ClaimId> Freed { get; } = [];

        /// <summary>Claims whose owners want to hear how they stand.</summary>
        public HashSet<ClaimId> Concerned { get; } = [];

        public List<(ClaimId Id, string Reason)> Refused { get; } = [];
    }

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        DelayDeactivation(TimeSpan.MaxValue); // whoever waits is known only here
        var holds = await store.LoadAsync(cancellationToken);
        foreach (var claim in holds)
        {
            table.Restore(claim);
        }

        foreach (var claim in holds.DistinctBy(claim => claim.Id.WorkflowUid))
        {
            SayAsync(() => AskHolderAsync(claim)).Ignore();
        }
    }

    public Task Ask(LockClaim claim)
    {
        Take(turn => AskAsync(turn, claim)).Ignore();
        return Task.CompletedTask; // the answer comes when it is durable; nobody need wait here
    }

    public Task Release(ClaimId id) => Take(turn => FreeAsync(turn, id));

    public Task Keep(string workflowUid, IReadOnlyList<long> tickets) => Take(async turn =>
    {
        foreach (var id in table.ClaimsOf(workflowUid).Where(id => !tickets.Contains(id.Ticket)))
        {
            await FreeAsync(turn, id);
        }
    });

    public Task ConfigMapChanged(string @namespace, string name) => table.Locks.Any(known => IsIn(known, @namespace, name))
        ? Take(turn => ReadAgainAsync(turn, known => IsIn(known, @namespace, name)))
        : Task.CompletedTask;

    public Task DatabaseLimitChanged(string @namespace, string key) =>
        Take(turn => ReadAgainAsync(turn, known => known.Kind == LockKind.DatabaseSemaphore && known.Namespace == @namespace && known.Name == key));

    private static bool IsIn(LockName known, string @namespace, string name) =>
        known.Kind == LockKind.ConfigMapSemaphore && known.Namespace == @namespace && known.Name == name;

    /// <summary>
    /// After a restart: a workflow that is there says itself what it keeps, for it is loaded when it is asked. One that is gone keeps nothing.
    /// </summary>
    private async Task AskHolderAsync(LockClaim claim)
    {
        var uid = claim.Id.WorkflowUid;
        var workflow = grains.GetGrain<IWorkflowGrain>(uid);
        var parts = claim.Holder.Split('/');
        var stored = await resources.FindAsync(new ResourceKey(Kinds.Workflow, parts[0], parts[1]), CancellationToken.None);
        if (stored?["metadata"]?["uid"]?.GetValue<string>() != uid)
        {
            await workflow.Forget();
            await Keep(uid, []);
        }
        else if (!await workflow.IsKnown())
        {
            await Keep(uid, []);
        }
    }

    private async Task AskAsync(Turn turn, LockClaim claim)
    {
        turn.Concerned.Add(claim.Id);
        if (table.Holds(claim.Id))
        {
            return;
        }

        if (!table.Knows(claim.Id))
        {
            foreach (var name in claim.Locks.Where(name => !name.IsMutex))
            {
                var limit = await limits.ReadAsync(name);
                if (limit.Value is null)
                {
                    turn.Refused.Add((claim.Id, $"failed to initialize semaphore {name} with limit: {limit.Reason}"));
                    return;
                }
            }

            table.Ask(claim);
        }

        await ReadAgainAsync(turn, claim.Locks.Contains);
    }

    private Task FreeAsync(Turn turn, ClaimId id)
    {
        if (table.Holds(id))
        {
            turn.Freed.Add(id);
        }

        table.Release(id);
        return Task.CompletedTask;
    }

    private async Task ReadAgainAsync(Turn turn, Predicate<LockName> concerned)
    {
        foreach (var name in table.Locks.Where(name => !name.IsMutex && concerned(name)).ToList())
        {
            var limit = await limits.ReadAsync(name);
            if (limit.Value != table.LimitOf(name))
            {
                table.SetLimit(name, limit.Value);
                turn.Concerned.UnionWith(table.WaitersOf(name));
            }
        }
    }

    private Task Take(Func<Turn, Task> act)
    {
        var request = new Request(act, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        inbox.Add(request);
        if (!pumping)
        {
            pumping = true;
            PumpAsync().Ignore();
        }

        return request.Done.Task;
    }

    private async Task PumpAsync()
    {
        try
        {
            while (inbox.Count > 0)
            {
                var batch = inbox.ToArray();
                inbox.Clear();
                await DecideAsync(batch);
            }
        }
        finally
        {
            pumping = false;
        }
    }

    private async Task DecideAsync(IReadOnlyList<Request> batch)
    {
        var turn = new Turn();
        foreach (var request in batch)
        {
            await SayAsync(() => request.Act(turn)); // only reading can fail, and reading again does no harm
        }

        var granted = table.Grant();
        await SayAsync(() => store.CommitAsync(granted, turn.Freed, CancellationToken.None));
        if (!lifetime.ApplicationStopping.IsCancellationRequested)
        {
            TellAll(turn, granted); // a hub that stops may have written nothing, and then nobody may hear of it
        }

        foreach (var request in batch)
        {
            request.Done.TrySetResult();
        }
    }

    private void TellAll(Turn turn, IReadOnlyList<LockClaim> granted)
    {
        turn.Concerned.UnionWith(granted.Select(claim => claim.Id));
        foreach (var (id, reason) in turn.Refused)
        {
            turn.Concerned.Remove(id);
            Tell(id, new LocksRefused(id.Ticket, reason));
        }

        foreach (var id in turn.Concerned)
        {
            if (table.Holds(id))
            {
                Tell(id, new LocksGranted(id.Ticket));
            }
            else if (table.WaitOf(id) is { } wait)
            {
                Tell(id, new LocksQueued(id.Ticket, wait.Message, wait.Lock.ToString(), wait.Holders));
            }
        }
    }

    private void Tell(ClaimId id, WorkflowInput answer) => SayAsync(() => grains.GetGrain<IWorkflowGrain>(id.WorkflowUid).Ask(answer)).Ignore();

    private Task SayAsync(Func<Task> say) => UntilHeard.SayAsync(say, time, log, lifetime.ApplicationStopping);
}
