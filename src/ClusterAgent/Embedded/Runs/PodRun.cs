using Argosy.ClusterAgent.Embedded.Attempts;
using Argosy.ClusterAgent.Embedded.Logs;
using Argosy.ClusterAgent.Embedded.Planning;
using Argosy.ClusterAgent.Embedded.Supervision;
using Argosy.ClusterAgent.Embedded.Transfers;
using Argosy.ClusterAgent.Embedded.Views;
using Argosy.ClusterAgent.Podless;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Embedded.Runs;

/// <summary>One attempt from its intent to its final report.</summary>
/// <param name="report">Hears of every change but the last.</param>
internal sealed class PodRun(
    EmbeddedMachine machine, AttemptFolder folder, PodIntent intent, PodLogs logs, PodStop stop, Action<NodeReport> report)
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const string DeadlineMessage = "Step exceeded its deadline";

    private readonly PodStatus _status = new(intent.Key);
    private readonly PodView _view = new(machine.View, folder.Path);
    private int _readinessAwaited;

    private TimeSpan Grace => TimeSpan.FromSeconds(intent.TerminationGraceSeconds);

    /// <summary>Runs the pod and answers how it ended.</summary>
    /// <exception cref="OperationCanceledException">The agent ends; nothing can be said of the attempt.</exception>
    public async Task<NodeReport> RunAsync(CancellationToken agentEnds)
    {
        using var early = CancellationTokenSource.CreateLinkedTokenSource(agentEnds, stop.Token);
        using var deadline = WatchDeadline();
        try
        {
            if (machine.Podless.Find(intent) is { } work)
            {
                report(_status.Running());
                return await work(early.Token);
            }

            using var place = intent.Daemon ? null : await machine.Places.TakeAsync(ReportWaiting, early.Token);
            var plan = await machine.Planner.PlanAsync(intent, folder.Volumes, _view.SeenRoot, early.Token);
            PrepareView(plan);
            return await RunAsync(plan, early.Token, agentEnds);
        }
        catch (Exception e) when (!agentEnds.IsCancellationRequested)
        {
            return Final(stop.Requested.IsCompleted ? StoppedOutcome(await stop.Requested) : Broken(e), null);
        }
        finally
        {
            logs.Close();
        }
    }

    /// <summary>
    /// Takes up an attempt whose commands an earlier life of the agent started: collects it if it had ended, calls it lost if not.
    /// Nothing is started again.
    /// </summary>
    public async Task<NodeReport> CollectAsync(CancellationToken agentEnds)
    {
        try
        {
            var plan = await machine.Planner.PlanAsync(intent, folder.Volumes, _view.SeenRoot, agentEnds);
            RecoverStatus(plan);
            if (PodOutcome.Decide(plan, _status.Exits) is not { } outcome || (outcome.ExitCode != 0 && plan.Retry != PlannedRetry.None))
            {
                return Final(stop.Requested.IsCompleted ? StoppedOutcome(await stop.Requested) : Lost("the agent ended while the step ran"), null);
            }

            PrepareView(plan);
            var supervisor = StartSupervisor();
            try
            {
                var files = PodFiles.Of(machine.View, _view, await supervisor.View);
                return await CollectAsync(plan, outcome, files, agentEnds);
            }
            finally
            {
                await supervisor.EndAsync();
            }
        }
        catch (Exception e) when (!agentEnds.IsCancellationRequested)
        {
            return Final(Broken(e), null);
        }
        finally
        {
            logs.Close();
        }
    }

    private async Task<NodeReport> RunAsync(PodPlan plan, CancellationToken early, CancellationToken agentEnds)
    {
        var supervisor = StartSupervisor();
        using var life = CancellationTokenSource.CreateLinkedTokenSource(agentEnds);
        try
        {
            var files = PodFiles.Of(machine.View, _view, await supervisor.View);
            await machine.Inputs.DeliverAsync(intent, files, early);
            early.ThrowIfCancellationRequested();

            folder.MarkStarted(machine.Time.GetUtcNow());
            _status.Started(machine.Time.GetUtcNow());
            var watch = new PodWatch(folder, _status, logs, machine.Time, () => report(_status.Running()));
            _ = watch.RunAsync(life.Token);

            var containers = new PodContainers(plan, supervisor, folder, _status, logs, machine.Time, early);
            containers.Changed += () => OnContainerChanged(plan, supervisor, life.Token);
            var work = containers.RunAsync();
            await Task.WhenAny(work, stop.Requested).WaitAsync(agentEnds);
            if (!work.IsCompleted)
            {
                await containers.TerminateAsync(Grace, agentEnds);
                var reason = await stop.Requested;
                watch.ReadProgress();
                var partial = reason is StopReason.DeadlineExceeded ? await CollectOutputsAsync(files, agentEnds) : null;
                return Final(StoppedOutcome(reason), partial);
            }

            await work;
            watch.ReadProgress();
            var outcome = PodOutcome.Decide(plan, _status.Exits) ?? throw new PodVanishedException();
            var final = await CollectAsync(plan, outcome, files, agentEnds);
            await containers.TerminateAsync(Grace, agentEnds);
            return final;
        }
        catch (PodVanishedException e) when (!stop.Requested.IsCompleted && !agentEnds.IsCancellationRequested)
        {
            return Final(Lost(e.Message), null);
        }
        finally
        {
            await life.CancelAsync();
            await supervisor.EndAsync();
        }
    }

    /// <summary>The folder's path marks the pod's processes; its end is a slash, so that no attempt's mark begins another's.</summary>
    private PodSupervisor StartSupervisor() =>
        PodSupervisor.Start(machine.View.Kind, machine.Scripts.Pod, folder.Path, marker: folder.Path + "/");

    private void PrepareView(PodPlan plan)
    {
        PodContainers.WriteScripts(plan, folder, machine.View, _view);
        var mounts = plan.Mounts.Append(new PodMount(folder.Argo, "/var/run/argo", ReadOnly: false)).ToList();
        if (machine.View.Kind != ViewKind.PlainFolder && mounts.All(mount => mount.Path != "/tmp"))
        {
            mounts.Add(new PodMount(folder.CreateTemporary(mounts.Select(mount => (mount.Path, File.Exists(mount.Source)))), "/tmp", ReadOnly: false));
        }

        var written = intent.InputArtifacts.Select(artifact => artifact.Path)
            .Concat(intent.OutputArtifacts.Select(artifact => artifact.Path))
            .Concat(intent.OutputParameters.Select(parameter => parameter.Path));
        _view.Prepare(mounts, machine.Hidden, written);
        File.WriteAllText(Path.Join(folder.Argo, "template"), intent.TemplateJson);
        if (plan.ScriptSource is { } source)
        {
            var script = _view.PlaceFor(PodPlanner.ScriptPath);
            File.WriteAllText(script, source);
            File.SetUnixFileMode(script, Executable); // some pass it to "sh -c", which runs it
        }
    }

    private void OnContainerChanged(PodPlan plan, PodSupervisor supervisor, CancellationToken podEnds)
    {
        var started = _status.Running();
        report(started);
        var allRun = plan.Main.All(main => started.Containers.Any(c => c.Name == main.Name && c.Phase == PodPhase.PodRunning));
        if (intent.Daemon && allRun && Interlocked.Exchange(ref _readinessAwaited, 1) == 0)
        {
            _ = AwaitReadinessAsync(plan, supervisor, podEnds);
        }
    }

    private async Task AwaitReadinessAsync(PodPlan plan, PodSupervisor supervisor, CancellationToken podEnds)
    {
        var checks = plan.Main.Select(
            main => new ReadinessCheck(main, supervisor, folder, machine.View, _view.Root, machine.Time).WaitAsync(podEnds));
        try
        {
            await Task.WhenAll(checks);
            _status.Ready();
            report(_status.Running());
        }
        catch (OperationCanceledException)
        {
            // The pod ended before it was ready; its end is what gets reported.
        }
    }

    private async Task<NodeReport> CollectAsync(PodPlan plan, PodOutcome outcome, PodFiles files, CancellationToken cancellationToken)
    {
        if (intent.Daemon)
        {
            var ended = outcome.Phase == PodPhase.PodSucceeded
                ? outcome with { Phase = PodPhase.PodFailed, Message = $"{plan.Main[0].Name}: the daemon ended by itself (exit code 0)" }
                : outcome;
            return Final(ended, null);
        }

        var outputs = await CollectOutputsAsync(files, cancellationToken);
        return outcome.Phase == PodPhase.PodSucceeded && outputs.Problems.Count > 0
            ? Final(outcome with { Phase = PodPhase.PodError, Message = string.Join("; ", outputs.Problems) }, outputs)
            : Final(outcome, outputs);
    }

    private Task<CollectedOutputs> CollectOutputsAsync(PodFiles files, CancellationToken cancellationToken) =>
        machine.Outputs.CollectAsync(
            intent, files, logs["main"].OutputFile, container => new LogReader(logs[container], null, container).WriteAsync(folder.Logs, cancellationToken), cancellationToken);

    private void RecoverStatus(PodPlan plan)
    {
        var started = folder.StartedAt ?? machine.Time.GetUtcNow();
        _status.Started(started);
        foreach (var container in plan.All)
        {
            logs[container.Name].Recover();
            if (folder.ReadExit(container.Name) is { } exit)
            {
                var commandNotFound = folder.SaysCommandNotFound(container.Name) ? container.Command[0] : null;
                _status.ContainerStarted(container.Name, started);
                _status.ContainerEnded(container.Name, new ContainerExit(exit.Code, exit.At) { CommandNotFound = commandNotFound });
            }
        }
    }

    private Deadline? WatchDeadline() => intent.Deadline is null
        ? null
        : new Deadline(intent.Deadline.ToDateTimeOffset(), machine.Time, () => stop.Request(new StopReason.DeadlineExceeded()));

    private void ReportWaiting() =>
        report(_status.Pending($"waiting for one of the {machine.Places.Count} places for pods in this embedded cluster"));

    private NodeReport Final(PodOutcome outcome, CollectedOutputs? outputs) => _status.Final(outcome, outputs, machine.Time.GetUtcNow());

    private PodOutcome StoppedOutcome(StopReason reason)
    {
        var exitCode = _status.Exits.TryGetValue("main", out var main) ? main.Code : (int?)null;
        return reason switch
        {
            StopReason.DaemonDone => new PodOutcome(PodPhase.PodSucceeded, "", exitCode),
            StopReason.DeadlineExceeded => new PodOutcome(PodPhase.PodFailed, DeadlineMessage, exitCode),
            StopReason.Cancelled when !folder.WasStarted => new PodOutcome(PodPhase.PodFailed, PodMessages.CancelledBeforeStart, null),
            StopReason.Cancelled cancelled => new PodOutcome(PodPhase.PodFailed, PodMessages.Cancelled(cancelled.Reason), exitCode),
            _ => throw new InvalidOperationException($"no outcome is known for {reason}"),
        };
    }

    private static PodOutcome Lost(string what) =>
        new(PodPhase.PodLost, $"{what}; its private view was thrown away, so it left nothing behind but what it wrote to volumes", null);

    private PodOutcome Broken(Exception reason)
    {
        if (reason is not (PodPlanException or PodViewException or TransferException or PodlessException))
        {
            machine.Logger.AttemptBroke(machine.Cluster, intent.Key.Workflow, intent.Key.NodeId, reason);
        }

        return new PodOutcome(PodPhase.PodError, reason.Message, null);
    }
}
