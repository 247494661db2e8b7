using System.Text.Json.Nodes;
using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Clusters;
using Argosy.ControlPlane.Dispatch;
using Argosy.ControlPlane.Journal;
using Argosy.ControlPlane.Resources;
using Argosy.Engine.Workflows;
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
    IJournal journal, IResources resources, Fleet fleet, IGrainFactory grains, WorkflowViews views, TimeProvider time, ILogger<WorkflowGrain> log)
    : Grain, IWorkflowGrain
{
    private readonly List<Pending> inbox = [];
    private readonly Dictionary<int, PlacementRule> unplaced = [];
    private WorkflowState state = new();
    private StatusPublisher? publisher;
    private long nextSequence;
    private bool pumping;
    private Exception? broken;
    private bool forgotten;
    private IGrainTimer? alarm;
    private DateTimeOffset? alarmAt;

    /// <summary>Inputs that came together; the answer is the last one's.</summary>
    private sealed record Pending(IReadOnlyList<WorkflowInput> Inputs, TaskCompletionSource<string?> Done);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        if (state.Accepted && !state.Phase.IsEnd())
        {
            StayWhileRunning();
            foreach (var node in state.Nodes.Where(node => node.IsPod && !node.Phase.IsEnd() && node.Cluster is not null))
            {
                fleet.Reserve(node.Cluster!);
            }

            await Take(new Recovered());
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
        if (!state.Accepted)
        {
            await Take(new Submitted((JsonObject)JsonNode.Parse(manifest)!));
        }
        else
        {
            await SpecChanged(manifest);
            ShowAgain();
        }
    }

    public async Task SpecChanged(string manifest)
    {
        var spec = JsonNode.Parse(manifest)?["spec"] as JsonObject;
        if (!state.Accepted || state.Phase.IsEnd())
        {
            return;
        }

        if (Enum.TryParse<ShutdownStrategy>(spec?["shutdown"]?.GetValue<string>(), out var strategy) && strategy > state.Shutdown)
        {
            await Take(new ShutdownAsked(strategy, null, null));
        }

        var suspended = spec?["suspend"]?.GetValue<bool>() ?? false;
        if (suspended != state.Suspended && !state.Phase.IsEnd())
        {
            await Take(suspended ? new SuspendAsked() : new ResumeAsked(null));
        }

        if (spec?["activeDeadlineSeconds"] is JsonValue deadline && deadline.TryGetValue(out long seconds) && seconds != state.ActiveDeadlineSeconds)
        {
            await Take(new DeadlineAsked(seconds));
        }
    }

    public async Task Report(IReadOnlyList<NodeReport> reports)
    {
        if (broken is not null)
        {
            throw new InvalidOperationException("the workflow is being loaded again", broken);
        }

        List<WorkflowInput> taken = new(reports.Count);
        List<(string Cluster, HubMessage Message)> released = [];
        foreach (var report in reports)
        {
            var node = state.FindById(report.Key.NodeId);
            if (node is null || node.Phase.IsEnd() || node.Generation != report.Key.Generation || node.Attempt != report.Key.Attempt)
            {
                // Nobody waits for it any more: the agent may forget it.
                if (AgentReports.IsEnd(report.Phase))
                {
                    released.Add((node?.Cluster ?? "", new HubMessage { Release = report.Key }));
                }

                continue;
            }

            taken.Add(AgentReports.Read(report));
        }

        if (taken.Count > 0)
        {
            await Take(taken);
        }

        foreach (var group in released.Where(release => release.Cluster.Length > 0).GroupBy(release => release.Cluster))
        {
            await grains.GetGrain<IClusterGrain>(group.Key).Deliver([.. group.Select(release => release.Message)]);
        }
    }

    public Task<string?> Ask(WorkflowInput verb) => state.Accepted
        ? Take(verb)
        : Task.FromResult<string?>("the workflow has not been accepted yet: try again in a moment");

    public Task PlaceAgain()
    {
        if (unplaced.Count == 0)
        {
            return Task.CompletedTask;
        }

        return Take(PlaceAgainInput);
    }

    public Task<bool> IsKnown() => Task.FromResult(state.Accepted && !forgotten);

    public async Task Forget()
    {
        forgotten = true; // an agent may come back and ask while the rest of this is under way
        if (state.Accepted && !state.Phase.IsEnd())
        {
            await Take(new ShutdownAsked(ShutdownStrategy.Terminate, null, "the workflow was deleted"));
        }

        var clusters = state.Nodes.Select(node => node.Cluster).OfType<string>().Distinct().ToList();
        foreach (var cluster in clusters)
        {
            await grains.GetGrain<IClusterGrain>(cluster).Deliver([new HubMessage { Forget = state.Uid }]);
        }

        views.Withdraw(state);
        await journal.DeleteAsync(this.GetPrimaryKeyString(), CancellationToken.None);
        state = new WorkflowState();
        DeactivateOnIdle();
    }

    // Not an input of the engine: has the grain ask for places again for what has none.
    private static readonly WorkflowInput PlaceAgainInput = new TimePassed();

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        var history = await journal.ReadAsync(this.GetPrimaryKeyString(), cancellationToken);
        state = new WorkflowState();
        foreach (var batch in history.Batches)
        {
            foreach (var fact in FactCodec.Decode(batch.Span))
            {
                state.Apply(fact);
            }
        }

        nextSequence = history.NextSequence;
        unplaced.Clear();
    }

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
                await journal.AppendAsync(this.GetPrimaryKeyString(), nextSequence, FactCodec.Encode(facts), CancellationToken.None);
                nextSequence++;
            }

            await CarryOutAsync(orders);
            if (facts.Count > 0)
            {
                Publish(facts);
            }

            StayWhileRunning();
            SetAlarm();
        }
        catch (Exception failure)
        {
            // The state may hold facts that are not durable: nothing more is decided on it, and the next activation loads what is true.
            WorkflowLog.DecisionFailed(log, failure, state.Namespace, state.Name, this.GetPrimaryKeyString());
            broken = failure;
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
            return;
        }

        for (var index = 0; index < batch.Count; index++)
        {
            batch[index].Done.TrySetResult(answers[index]);
        }
    }

    /// <summary>
    /// A decision that fails would fail again each time; the workflow ends in Error, with the reason, rather than stand still for ever.
    /// </summary>
    private async Task GiveUpAsync(Exception failure)
    {
        try
        {
            await LoadAsync(CancellationToken.None);
            if (!state.Accepted || state.Phase.IsEnd())
            {
                return;
            }

            WorkflowFact[] facts = [new WorkflowPhaseChanged(WorkflowPhase.Error, $"the hub cannot go on with this workflow: {failure.Message}", time.GetUtcNow())];
            await journal.AppendAsync(this.GetPrimaryKeyString(), nextSequence, FactCodec.Encode(facts), CancellationToken.None);
            state.Apply(facts[0]);
            await CarryOutAsync(
            [
                .. state.Nodes.Where(node => node.IsPod && !node.Phase.IsEnd() && node.Cluster is not null)
                    .Select(node => new CancelNode(node.Index, "the workflow ended in Error", DaemonDone: false)),
            ]);
            publisher = null; // it showed the state that was dropped
            Publish(facts);
        }
        catch (Exception again)
        {
            WorkflowLog.DecisionFailed(log, again, state.Namespace, state.Name, this.GetPrimaryKeyString());
        }
    }

    private async Task<string?> DecideAsync(WorkflowInput input, List<WorkflowFact> facts, List<WorkflowOrder> orders)
    {
        var open = new Queue<WorkflowOrder>();
        string? Decide(WorkflowInput next)
        {
            var decision = WorkflowDecider.Decide(state, next, time.GetUtcNow());
            facts.AddRange(decision.Facts);
            foreach (var order in decision.Orders)
            {
                open.Enqueue(order);
            }

            return decision.Refusal;
        }

        if (ReferenceEquals(input, PlaceAgainInput))
        {
            foreach (var (node, rule) in unplaced.ToArray())
            {
                open.Enqueue(new PlaceNode(node, rule));
            }
        }

        var refusal = Decide(input);
        while (open.TryDequeue(out var order))
        {
            switch (order)
            {
                case PlaceNode place:
                    Decide(Place(place));
                    break;
                case ReadResource read:
                    Decide(new ResourceAnswered(read.Resource, await ResourceReading.ReadAsync(resources, state.Namespace, read.Resource)));
                    break;
                default:
                    orders.Add(order);
                    break;
            }
        }

        return refusal;
    }

    private PlacementAnswered Place(PlaceNode place)
    {
        unplaced.Remove(place.Node);
        if (state.At(place.Node) is not { Phase: NodePhase.Pending, Cluster: null } node)
        {
            return new PlacementAnswered(place.Node, null, null);
        }

        var rule = PodRequests.PlacementOf(state, node); // a pod placed since the order may have brought a claim to its cluster
        var decision = fleet.Place(rule.Cluster, rule.ClusterSelector);
        if (decision.Cluster is null)
        {
            // The fleet may have changed between the look and the wait, and would then tell nobody: one more look, now that it would.
            fleet.Await(this.GetPrimaryKeyString());
            decision = fleet.Place(rule.Cluster, rule.ClusterSelector);
        }

        if (decision.Cluster is null)
        {
            unplaced[place.Node] = rule;
        }

        return new PlacementAnswered(place.Node, decision.Cluster, decision.WhyNot);
    }

    private async Task CarryOutAsync(List<WorkflowOrder> orders)
    {
        Dictionary<string, List<HubMessage>> messages = new(StringComparer.Ordinal);
        foreach (var order in orders)
        {
            if (AgentOrders.Write(state, order) is not var (cluster, message))
            {
                continue;
            }

            if (message.BodyCase == HubMessage.BodyOneofCase.Release)
            {
                fleet.Release(cluster);
            }

            (messages.TryGetValue(cluster, out var list) ? list : messages[cluster] = []).Add(message);
        }

        foreach (var (cluster, list) in messages)
        {
            await grains.GetGrain<IClusterGrain>(cluster).Deliver(list);
        }
    }

    private void Publish(IReadOnlyList<WorkflowFact> facts)
    {
        views.Show(state, facts);
        ShowStatus();
    }

    /// <summary>After a restart: what is shown is only in memory, and the status at the end may not have been stored.</summary>
    private void ShowAgain()
    {
        views.ShowAll(state);
        ShowStatus();
    }

    private void ShowStatus()
    {
        publisher ??= new StatusPublisher(resources, state, time, log);
        publisher.Changed();
    }

    // An idle grain is put away, and its alarm with it; a workflow that waits for hours still has deadlines.
    private void StayWhileRunning() => DelayDeactivation(state.Phase.IsEnd() ? TimeSpan.FromTicks(-1) : TimeSpan.MaxValue);

    private void SetAlarm()
    {
        var next = state.Phase.IsEnd() ? null : state.NextWake;
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
