using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Archive;
using Argosy.ControlPlane.Clusters;
using Argosy.ControlPlane.Dispatch;
using Argosy.ControlPlane.Journal;
using Argosy.ControlPlane.Metrics;
using Argosy.ControlPlane.Resources;
using Argosy.ControlPlane.Synchronization;
using Argosy.Engine.Workflows;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Argosy.ControlPlane.Workflows;

/// <summary>
/// Load, decide, append the facts, carry out the orders. Calls interleave only while an append is under way: what comes in meanwhile is
/// decided together and shares the next append.
/// </summary>
[Reentrant]
internal sealed class WorkflowGrain(
    IJournal journal, IResources resources, Fleet fleet, IGrainFactory grains, IEnumerable<IOrderAnswer> answers, IEnumerable<IOrderCarrier> carriers,
    WorkflowQueue queue, WorkflowViews views, NodeStore nodes, OverflowOutputs overflow, WorkflowSettings settings, Baselines baselines, HubMetrics metrics,
    IHostApplicationLifetime lifetime, TimeProvider time, ILogger<WorkflowGrain> log)
    : Grain, IWorkflowGrain
{
    private readonly List<Pending> inbox = [];
    private readonly IOrderAnswer[] answers = [.. answers];
    private readonly IOrderCarrier[] carriers = [.. carriers];
    private WorkflowLedger ledger = null!; // both are there from activation on
    private PlacementSearch places = null!;
    private StatusPublisher? publisher;
    private bool pumping;
    private Exception? broken;
    private bool forgotten;
    private IGrainTimer? alarm;
    private DateTimeOffset? alarmAt;

    /// <summary>Inputs that came together; the answer is the last one's.</summary>
    private sealed record Pending(IReadOnlyList<WorkflowInput> Inputs, TaskCompletionSource<string?> Done);

    private WorkflowState State => ledger.State;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        ledger = new WorkflowLedger(this.GetPrimaryKeyString(), journal);
        places = new PlacementSearch(this.GetPrimaryKeyString(), fleet);
        await ledger.LoadAsync(cancellationToken);
        if (State.Accepted && !IsAtRest)
        {
            StayWhileRunning();
            places.Reserve(State);
            if (!State.Postponed && !State.Phase.IsEnd())
            {
                queue.Keep(this.GetPrimaryKeyString(), State.Namespace);
            }

            await Take(State.Postponed && MayRun(State.Manifest) ? [new Recovered(), new Admitted()] : [new Recovered()]);
        }
        else if (State.Accepted)
        {
            await Take(new Recovered()); // what it still held when the hub died is given back
        }
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        alarm?.Dispose();
        if (publisher is not null)
        {
            await publisher.DisposeAsync();
        }
    }

    public async Task Submit(string manifest)
    {
        if (!State.Accepted)
        {
            var submitted = (JsonObject)JsonNode.Parse(manifest)!;
            await Take(new Submitted(submitted, settings.Hub) { Postponed = !MayRun(submitted) });
        }
        else
        {
            await SpecChanged(manifest);
            ShowAgain();
        }
    }

    public async Task SpecChanged(string manifest)
    {
        var workflow = JsonNode.Parse(manifest);
        if (workflow?["metadata"]?["deletionTimestamp"] is not null && !State.Belongings.Deleted)
        {
            await Take(new DeletionSeen());
        }

        var spec = workflow?["spec"] as JsonObject;
        if (!State.Accepted || State.Phase.IsEnd())
        {
            return;
        }

        if (Enum.TryParse<ShutdownStrategy>(spec?["shutdown"]?.GetValue<string>(), out var strategy) && strategy > State.Shutdown)
        {
            await Take(new ShutdownAsked(strategy, null, null));
        }

        var suspended = spec?["suspend"]?.GetValue<bool>() ?? false;
        if (suspended != State.Suspended && !State.Phase.IsEnd())
        {
            await Take(suspended ? new SuspendAsked() : new SuspensionLifted());
        }

        if (spec?["activeDeadlineSeconds"] is JsonValue deadline && deadline.TryGetValue(out long seconds) && seconds != State.ActiveDeadlineSeconds)
        {
            await Take(new DeadlineAsked(seconds));
        }
    }

    public async Task Report(string cluster, IReadOnlyList<NodeReport> reports)
    {
        if (broken is not null)
        {
            throw new InvalidOperationException("the workflow is being loaded again", broken);
        }

        List<WorkflowInput> taken = new(reports.Count);
        List<HubMessage> released = [];
        List<AttemptKey> lostOnes = [];
        foreach (var report in reports)
        {
            if (IsAwaited(cluster, report.Key))
            {
                taken.Add(AgentReports.Read(report));
                if (report.Phase == Contracts.Agents.PodPhase.PodLost)
                {
                    lostOnes.Add(report.Key);
                }
            }
            else if (AgentReports.IsEnd(report.Phase))
            {
                released.Add(new HubMessage { Release = report.Key }); // nobody waits for it any more: its agent may forget it
            }
        }

        if (taken.Count > 0)
        {
            await Take(taken);
        }

        // Orders name a node's present attempt: nobody else releases the one that was lost before it.
        foreach (var lost in lostOnes.Where(IsPast))
        {
            fleet.Release(cluster);
            released.Add(new HubMessage { Release = lost });
        }

        if (released.Count > 0)
        {
            await grains.GetGrain<IClusterGrain>(cluster).Deliver(released);
        }
    }

    private bool IsAwaited(string cluster, AttemptKey attempt) =>
        State.FindById(attempt.NodeId) is { } node && !node.Phase.IsEnd() && node.Cluster == cluster
        && node.Generation == attempt.Generation && node.Attempt == attempt.Attempt;

    /// <summary>Whether the node has gone on to another attempt.</summary>
    private bool IsPast(AttemptKey attempt) =>
        State.FindById(attempt.NodeId) is { } node && (node.Attempt != attempt.Attempt || node.Generation != attempt.Generation);

    public Task<IReadOnlyList<AttemptKey>> NotAwaited(string cluster, IReadOnlyList<AttemptKey> attempts) =>
        Task.FromResult<IReadOnlyList<AttemptKey>>([.. attempts.Where(attempt => !IsAwaited(cluster, attempt))]);

    public Task<ArtifactRight> RightTo(string cluster, AttemptKey attempt, ArtifactTransfer artifact, bool writes)
    {
        var isPlaced = State.FindById(attempt.NodeId) is { } node && node.Cluster == cluster && State.Namespace == attempt.Namespace && !IsPast(attempt);
        return Task.FromResult(
            !isPlaced ? ArtifactRight.NotPlaced
            : ArtifactRights.Covers(State, State.FindById(attempt.NodeId)!, artifact, writes) ? ArtifactRight.Granted
            : ArtifactRight.NotDeclared);
    }

    public Task<PodIntent?> IntentOf(string cluster, AttemptKey attempt) => Task.FromResult(
        IsAwaited(cluster, attempt) && State.FindById(attempt.NodeId) is { } node
            ? AgentOrders.Write(State, new RunNode(node.Index), isEmbedded: _ => true)?.Message.Run
            : null);

    public Task<string?> Ask(WorkflowInput verb) => State.Accepted
        ? Take(verb is RetryAsked retry && State.Phase.IsEnd() ? retry with { Postponed = !MayRun(State.Manifest) } : verb)
        : Task.FromResult<string?>("the workflow has not been accepted yet: try again in a moment");

    public Task PlaceAgain() => broken is not null
        ? Task.FromException(new InvalidOperationException("the workflow is being loaded again", broken))
        : places.Unplaced.Count == 0 ? Task.CompletedTask : Take(PlaceAgainInput);

    public Task<bool> IsKnown() => Task.FromResult(State.Accepted && !forgotten);

    public async Task Forget()
    {
        forgotten = true; // an agent may come back and ask while the rest of this is under way
        if (State.Accepted && !State.Phase.IsEnd())
        {
            await Take(new ShutdownAsked(ShutdownStrategy.Terminate, null, "the workflow was deleted"));
        }

        var clusters = State.Nodes.Select(node => node.Cluster).OfType<string>().Distinct().ToList();
        foreach (var cluster in clusters)
        {
            await grains.GetGrain<IClusterGrain>(cluster).Deliver([new HubMessage { Forget = State.Uid }]);
        }

        places.GiveBack(State);
        await CarryOutAsync(State.Locks.Next > 0 ? [new KeepLocks([])] : []);
        queue.Leave(this.GetPrimaryKeyString());
        views.Withdraw(State);
        overflow.Drop(State, State.Nodes);
        await ledger.ForgetAsync();
        DeactivateOnIdle();
    }

    /// <summary>Whether there is room for the workflow among those that run; else it is told when there is.</summary>
    private bool MayRun(JsonObject manifest) => queue.Ask(
        this.GetPrimaryKeyString(),
        (string?)manifest["metadata"]?["namespace"] ?? "default",
        manifest["spec"]?["priority"] is JsonValue priority && priority.TryGetValue(out int number) ? number : 0,
        DateTimeOffset.TryParse((string?)manifest["metadata"]?["creationTimestamp"], CultureInfo.InvariantCulture, out var created) ? created : time.GetUtcNow());

    // Not an input of the engine: has the grain ask for places again for what has none.
    private static readonly WorkflowInput PlaceAgainInput = new TimePassed();

    private Task<string?> Take(WorkflowInput input) => Take([input]);

    private Task<string?> Take(IReadOnlyList<WorkflowInput> inputs)
    {
        if (broken is not null)
        {
            return Task.FromException<string?>(broken);
        }

        var pending = new Pending(inputs, new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously));
        inbox.Add(pending);
        if (!pumping)
        {
            pumping = true;
            PumpAsync().Ignore();
        }

        return pending.Done.Task;
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

    private async Task DecideAsync(IReadOnlyList<Pending> batch)
    {
        var answers = new string?[batch.Count];
        var began = time.GetTimestamp();
        try
        {
            List<WorkflowFact> facts = [];
            List<WorkflowOrder> orders = [];
            for (var index = 0; index < batch.Count; index++)
            {
                foreach (var input in batch[index].Inputs)
                {
                    answers[index] = await DecideAsync(input, facts, orders);
                }
            }

            if (facts.Count > 0)
            {
                await ledger.AppendAsync(facts);
            }

            if (facts.Count > 0)
            {
                Publish(facts); // before the orders: what they take out of sight must not be shown after them
            }

            await CarryOutAsync(orders);
            if (facts.Count > 0)
            {
                metrics.Decided(State, facts, time.GetElapsedTime(began));
            }

            StayWhileRunning();
            SetAlarm();
            LeaveWhenEnded();
        }
        catch (Exception failure)
        {
            // The state may hold facts that are not durable: nothing more is decided on it, and the next activation loads what is true.
            WorkflowLog.DecisionFailed(log, failure, State.Namespace, State.Name, this.GetPrimaryKeyString());
            broken = failure;
            places.GiveBack(State); // the next activation counts what is true
            foreach (var pending in batch.Concat(inbox))
            {
                pending.Done.TrySetException(failure);
            }

            inbox.Clear();
            if (failure is not (JournalConflictException or JournalUnavailableException))
            {
                await GiveUpAsync(failure);
            }

            DeactivateOnIdle();
            WakeAgain();
            return;
        }

        for (var index = 0; index < batch.Count; index++)
        {
            batch[index].Done.TrySetResult(answers[index]);
        }
    }

    /// <summary>Has the workflow loaded again: one that waits for a time alone would hear from nobody.</summary>
    private void WakeAgain()
    {
        var (uid, factory) = (this.GetPrimaryKeyString(), grains);
        _ = Task.Run(() => UntilHeard.SayAsync(() => factory.GetGrain<IWorkflowGrain>(uid).PlaceAgain(), time, log, lifetime.ApplicationStopping));
    }

    /// <summary>
    /// A decision that fails would fail again each time; the workflow ends in Error, with the reason, rather than stand still for ever.
    /// </summary>
    private async Task GiveUpAsync(Exception failure)
    {
        try
        {
            await ledger.LoadAsync(CancellationToken.None);
            if (!State.Accepted || State.Phase.IsEnd())
            {
                return;
            }

            WorkflowFact[] facts = [new WorkflowPhaseChanged(WorkflowPhase.Error, $"the hub cannot go on with this workflow: {failure.Message}", time.GetUtcNow())];
            State.Apply(facts[0]);
            await ledger.AppendAsync(facts);
            await CarryOutAsync(
            [
                .. State.Nodes.Where(node => node.IsPod && !node.Phase.IsEnd() && node.Cluster is not null)
                    .Select(node => new CancelNode(node.Index, "the workflow ended in Error", DaemonDone: false)),
                .. State.Locks.Next > 0 ? [new KeepLocks([])] : Array.Empty<WorkflowOrder>(),
            ]);
            LeaveWhenEnded();
            publisher = null; // it showed the state that was dropped
            Publish(facts);
        }
        catch (Exception again)
        {
            WorkflowLog.DecisionFailed(log, again, State.Namespace, State.Name, this.GetPrimaryKeyString());
        }
    }

    private async Task<string?> DecideAsync(WorkflowInput input, List<WorkflowFact> facts, List<WorkflowOrder> orders)
    {
        var open = new Queue<WorkflowOrder>();
        string? Decide(WorkflowInput next)
        {
            var decision = WorkflowDecider.Decide(State, next, time.GetUtcNow());
            facts.AddRange(decision.Facts);
            foreach (var order in decision.Orders)
            {
                open.Enqueue(order);
            }

            return decision.Refusal;
        }

        if (ReferenceEquals(input, PlaceAgainInput))
        {
            foreach (var place in places.Unplaced)
            {
                open.Enqueue(place);
            }
        }

        var refusal = Decide(input);
        while (open.TryDequeue(out var order))
        {
            if (await AnswerAsync(order) is { } answer)
            {
                Decide(answer);
            }
            else
            {
                orders.Add(order);
            }
        }

        return refusal;
    }

    private async ValueTask<WorkflowInput?> AnswerAsync(WorkflowOrder order)
    {
        if (order is PlaceNode place)
        {
            return places.Answer(State, place);
        }

        foreach (var room in answers)
        {
            if (await room.AnswerAsync(State, order) is { } answer)
            {
                return answer;
            }
        }

        return null;
    }

    private async Task CarryOutAsync(IReadOnlyList<WorkflowOrder> orders)
    {
        if (orders.Count == 0)
        {
            return;
        }

        foreach (var room in carriers)
        {
            await room.CarryOutAsync(State, orders);
        }
    }

    private void Publish(IReadOnlyList<WorkflowFact> facts)
    {
        views.Show(State, facts);
        ShowStatus();
    }

    /// <summary>After a restart: what is shown is only in memory, and the status at the end may not have been stored.</summary>
    private void ShowAgain()
    {
        views.ShowAll(State);
        ShowStatus();
    }

    private void ShowStatus()
    {
        publisher ??= new StatusPublisher(resources, nodes, State, baselines, time, log);
        publisher.Changed();
    }

    // An idle grain is put away, and its alarm with it; a workflow that waits for hours still has deadlines.
    private void StayWhileRunning() => DelayDeactivation(IsAtRest ? TimeSpan.FromTicks(-1) : TimeSpan.MaxValue);

    /// <summary>It has ended, and cleaned up behind itself.</summary>
    private bool IsAtRest => State.Phase.IsEnd() && State.Belongings.Chores.Open.Count == 0;

    private void LeaveWhenEnded()
    {
        if (State.Phase.IsEnd())
        {
            queue.Leave(this.GetPrimaryKeyString());
        }
    }

    private void SetAlarm()
    {
        var next = State.NextWake;
        if (next == alarmAt)
        {
            return;
        }

        alarm?.Dispose();
        (alarm, alarmAt) = (null, next);
        if (next is { } at)
        {
            var wait = at - time.GetUtcNow();
            alarm = this.RegisterGrainTimer(
                static (WorkflowGrain grain, CancellationToken _) => grain.RingAsync(),
                this,
                new GrainTimerCreationOptions(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan) { KeepAlive = true, Interleave = true });
        }
    }

    private Task RingAsync()
    {
        alarmAt = null;
        return Take(new TimePassed());
    }
}
