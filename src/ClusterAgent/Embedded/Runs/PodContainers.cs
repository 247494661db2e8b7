using Argosy.ClusterAgent.Embedded.Attempts;
using Argosy.ClusterAgent.Embedded.Logs;
using Argosy.ClusterAgent.Embedded.Planning;
using Argosy.ClusterAgent.Embedded.Supervision;
using Argosy.ClusterAgent.Embedded.Views;

namespace Argosy.ClusterAgent.Embedded.Runs;

/// <summary>Runs a pod's containers in their order, within a pod whose first process lives.</summary>
internal sealed class PodContainers(
    PodPlan plan, PodSupervisor supervisor, AttemptFolder folder, PodStatus status, PodLogs logs, TimeProvider time, CancellationToken stopping)
{
    private readonly List<(ContainerProcess Process, Task Noted)> _containers = [];

    /// <summary>A container started or ended.</summary>
    public event Action? Changed;

    /// <summary>Writes every container's script to where the pod finds it.</summary>
    public static void WriteScripts(PodPlan plan, AttemptFolder folder, MachineView machine, PodView view)
    {
        var isPlain = machine.Kind == ViewKind.PlainFolder;
        foreach (var container in plan.All)
        {
            var own = folder.ContainerFolder(container.Name);
            Directory.CreateDirectory(own);
            var seen = isPlain ? own : $"/var/run/argo/ctr/{container.Name}";
            File.WriteAllText(Path.Join(own, "run"), ContainerScript.Write(container, seen, view.SeenRoot));
        }
    }

    /// <summary>
    /// Returns when the main containers ended, or as soon as an init container failed. Sidecars still run then.
    /// </summary>
    /// <exception cref="PodVanishedException">The pod was killed by somebody else.</exception>
    public async Task RunAsync()
    {
        foreach (var init in plan.Init)
        {
            if ((await RunAsync(init)).Code != 0)
            {
                return;
            }
        }

        foreach (var sidecar in plan.Sidecars)
        {
            _ = WatchAsync(sidecar);
        }

        var ends = new Dictionary<string, Task<ContainerExit>>(StringComparer.Ordinal);
        foreach (var container in InOrder(plan.Main))
        {
            ends[container.Name] = RunAfterAsync(container, [.. container.Dependencies.Select(name => ends[name])]);
        }

        await Task.WhenAll(ends.Values);
    }

    /// <summary>Asks all that still runs to end, and waits for it no longer than the grace period.</summary>
    public async Task TerminateAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        List<(ContainerProcess Process, Task Noted)> running;
        lock (_containers)
        {
            running = [.. _containers.Where(container => !container.Noted.IsCompleted)];
        }

        foreach (var (process, _) in running)
        {
            await supervisor.SignalAsync(process, "TERM");
        }

        var ended = Task.WhenAll(running.Select(container => container.Noted));
        await Task.WhenAny(ended, Task.Delay(grace, time, cancellationToken));
    }

    /// <summary>Dependencies before dependents; the hub has refused cycles, so what is left over here never starts.</summary>
    private static IEnumerable<PlannedContainer> InOrder(IReadOnlyList<PlannedContainer> containers)
    {
        var waiting = containers.ToList();
        var done = new HashSet<string>(StringComparer.Ordinal);
        while (waiting.FirstOrDefault(container => container.Dependencies.All(done.Contains)) is { } next)
        {
            waiting.Remove(next);
            done.Add(next.Name);
            yield return next;
        }
    }

    private async Task<ContainerExit> RunAfterAsync(PlannedContainer container, IReadOnlyList<Task<ContainerExit>> dependencies)
    {
        var before = await Task.WhenAll(dependencies);
        if (before.Any(exit => exit.Code != 0))
        {
            var never = new ContainerExit(PodOutcome.DependencyFailedCode, time.GetUtcNow()) { DependencyFailed = true };
            status.ContainerEnded(container.Name, never);
            return never;
        }

        var exit = await RunAsync(container);
        for (var retry = 0; retry < plan.Retry.Retries && exit.Code != 0; retry++)
        {
            await Task.Delay(plan.Retry.Pause, time, stopping);
            exit = await RunAsync(container);
        }

        return exit;
    }

    private async Task<ContainerExit> RunAsync(PlannedContainer container)
    {
        stopping.ThrowIfCancellationRequested();
        var noted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            _ = logs[container.Name];
            var process = supervisor.StartContainer(container.Name);
            lock (_containers)
            {
                _containers.Add((process, noted.Task));
            }

            return await FollowAsync(container, process);
        }
        finally
        {
            noted.TrySetResult();
        }
    }

    private async Task<ContainerExit> FollowAsync(PlannedContainer container, ContainerProcess process)
    {
        if (await process.Started is not null)
        {
            status.ContainerStarted(container.Name, time.GetUtcNow());
            Changed?.Invoke();
        }

        var code = await process.Ended ?? throw new PodVanishedException();
        var exit = new ContainerExit(code, time.GetUtcNow())
        {
            CommandNotFound = folder.SaysCommandNotFound(container.Name) ? container.Command[0] : null,
        };
        status.ContainerEnded(container.Name, exit);
        logs.End(container.Name);
        Changed?.Invoke();
        return exit;
    }

    /// <summary>A sidecar's end is noted; its being killed with the pod is no news.</summary>
    private async Task WatchAsync(PlannedContainer sidecar)
    {
        try
        {
            await RunAsync(sidecar);
        }
        catch (Exception e) when (e is PodVanishedException or OperationCanceledException)
        {
            logs.End(sidecar.Name);
        }
    }
}

/// <summary>All processes of the pod were killed, and not by its agent.</summary>
internal sealed class PodVanishedException() : Exception("the pod's processes were killed from outside");
