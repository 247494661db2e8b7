using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Argosy.ClusterAgent.Embedded.Attempts;
using Argosy.ClusterAgent.Embedded.Logs;
using Argosy.ClusterAgent.Embedded.Planning;
using Argosy.ClusterAgent.Embedded.Runs;
using Argosy.ClusterAgent.Embedded.Supervision;
using Argosy.ClusterAgent.Embedded.Transfers;
using Argosy.ClusterAgent.Embedded.Views;
using Argosy.ClusterAgent.Podless;
using Argosy.ClusterAgent.Pods;
using Argosy.Contracts.Agents;
using Microsoft.Extensions.Logging;

namespace Argosy.ClusterAgent.Embedded;

/// <summary>
/// Runs pods as processes of this machine, each in a private copy-on-write view of its file system. For first steps, tests and demos: the
/// network is the machine's own, and pods are kept apart so that they do not disturb each other, not so that they cannot.
/// </summary>
internal sealed class EmbeddedRuntime(
    EmbeddedClusterOptions options, IHubLink hub, TimeProvider time, ILogger<EmbeddedRuntime> logger) : IPodRuntime, IDisposable
{
    private readonly ConcurrentDictionary<string, PodAttempt> _attempts = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _ends = new();
    private readonly PodPlaces _places = new(options.MaxPods);
    private readonly string _data = Path.GetFullPath(options.DataFolder);
    private FileStream? _lock;
    private EmbeddedMachine? _machine;
    private IReportSink? _reports;

    public string Kind => "embedded";

    public int RunningPods => _attempts.Values.Count(attempt => attempt.IsRunning);

    /// <summary>The kinds of view to try, best first; none means plain folders.</summary>
    internal IReadOnlyList<ViewKind> Hopes { get; init; } = ViewProbe.Hopes;

    /// <summary>What the probe found.</summary>
    internal ViewKind View => Machine.View.Kind;

    private string Pods => Path.Join(_data, "pods");

    private OwnedClaims Claims => new(Path.Join(_data, "volumes"), Path.Join(_data, "claims"));

    private EmbeddedMachine Machine => _machine ?? throw new InvalidOperationException("the runtime was not started");

    public async Task StartAsync(IReportSink reports, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Pods);
        _lock = Lock();
        _reports = reports;
        var scripts = new SupervisorScripts(Path.Join(_data, "agent"));
        scripts.Write();
        var probe = await new ViewProbe(Path.Join(_data, "agent"), scripts).ProbeAsync(Hopes);
        Tell(probe);
        _machine = new EmbeddedMachine(
            options.Name,
            probe.View,
            scripts,
            Outermost(options.HiddenFolders.Select(Path.GetFullPath).Append(_data)),
            _places,
            new PodPlanner(hub, Claims.Folder),
            new InputDelivery(hub),
            new OutputCollector(hub),
            PodlessTemplates.Of(hub, time),
            time,
            logger);
        TakeUp();
    }

    public IReadOnlyList<AttemptKey> Inventory() => [.. _attempts.Values.Select(attempt => attempt.Intent.Key)];

    public IReadOnlyCollection<string> Workflows() => [.. _attempts.Values.Select(attempt => attempt.Intent.Key.WorkflowUid).Distinct()];

    public Task AcceptAsync(PodIntent intent, CancellationToken cancellationToken)
    {
        var name = AttemptFolder.NameOf(intent.Key);
        if (_attempts.TryGetValue(name, out var known))
        {
            _reports!.Accepted(intent.Key);
            known.ReportAgain();
            return Task.CompletedTask;
        }

        Claims.Own(intent);
        var folder = new AttemptFolder(Path.Join(Pods, name));
        folder.Create(intent);
        _reports!.Accepted(intent.Key);
        var attempt = Hold(folder, intent);
        attempt.Life = Task.Run(() => LiveAsync(attempt, run => run.RunAsync(_ends.Token)), CancellationToken.None);
        return Task.CompletedTask;
    }

    public Task CancelAsync(CancelIntent intent, CancellationToken cancellationToken)
    {
        if (_attempts.TryGetValue(AttemptFolder.NameOf(intent.Key), out var attempt))
        {
            attempt.Folder.WriteCancelled(intent);
            attempt.Cancel(intent);
            attempt.ReportAgain();
        }
        else
        {
            _reports!.Report(new NodeReport
            {
                Key = intent.Key,
                Phase = intent.DaemonDone ? PodPhase.PodSucceeded : PodPhase.PodFailed,
                Message = intent.DaemonDone ? "" : PodMessages.CancelledBeforeStart,
            });
        }

        return Task.CompletedTask;
    }

    public async Task ReleaseAsync(AttemptKey key, CancellationToken cancellationToken)
    {
        var name = AttemptFolder.NameOf(key);
        if (!_attempts.TryGetValue(name, out var attempt))
        {
            return;
        }

        // A hub that has decided a node wants nothing more of its pod, whatever it is doing; only what is over is worth waiting for.
        attempt.Stop.Request(new StopReason.Cancelled(""));
        var removal = RemoveWhenOverAsync(name, attempt);
        if (attempt.IsOver)
        {
            await removal.WaitAsync(cancellationToken);
        }
    }

    public async Task RemoveAsync(AttemptKey key, CancellationToken cancellationToken)
    {
        var name = AttemptFolder.NameOf(key);
        if (_attempts.TryGetValue(name, out var attempt))
        {
            attempt.Stop.Request(new StopReason.Cancelled(""));
            await RemoveWhenOverAsync(name, attempt);
        }

        var folder = Path.Join(Pods, name);
        if (Directory.Exists(folder))
        {
            Remove(folder);
        }
    }

    public Task DropClaimsAsync(string workflowUid, CancellationToken cancellationToken)
    {
        Claims.Drop(workflowUid);
        return Task.CompletedTask;
    }

    public async Task ForgetAsync(string workflowUid, CancellationToken cancellationToken)
    {
        var running = _attempts.Where(attempt => attempt.Value.Intent.Key.WorkflowUid == workflowUid).ToList();
        foreach (var (name, attempt) in running)
        {
            attempt.Stop.Request(new StopReason.Cancelled(""));
            await RemoveWhenOverAsync(name, attempt);
        }

        var folder = Path.Join(Pods, AttemptFolder.NameOf(workflowUid));
        if (Directory.Exists(folder))
        {
            Remove(folder);
        }

        Claims.Drop(workflowUid);
    }

    public async IAsyncEnumerable<LogLine> ReadLogAsync(LogRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var attempt = request.Key is { NodeId.Length: > 0 } key
            ? _attempts.GetValueOrDefault(AttemptFolder.NameOf(key))
            : _attempts.Values.FirstOrDefault(attempt => attempt.Intent.PodName == request.PodName);
        var container = request.Container.Length > 0 ? request.Container : "main";
        var reader = attempt is not null
            ? new LogReader(attempt.Logs[container], attempt.Logs, container)
            : new LogReader(new LogIndex(new AttemptFolder(Path.Join(Pods, AttemptFolder.NameOf(request.Key ?? new AttemptKey()))).Logs, container), null, container);
        await foreach (var line in reader.ReadAsync(request, cancellationToken))
        {
            yield return line;
        }
    }

    public async Task StopAsync()
    {
        await _ends.CancelAsync();
        await Task.WhenAll(_attempts.Values.Select(attempt => attempt.Life));
        _lock?.Dispose();
    }

    public void Dispose()
    {
        _ends.Dispose();
        _places.Dispose();
        _lock?.Dispose();
    }

    /// <summary>The folders that lie in none of the others: what is hidden hides all below it.</summary>
    private static List<string> Outermost(IEnumerable<string> folders)
    {
        var all = folders.Distinct(StringComparer.Ordinal).ToList();
        return all.FindAll(folder => !all.Exists(other => other != folder && folder.StartsWith(other.TrimEnd('/') + "/", StringComparison.Ordinal)));
    }

    /// <summary>Two agents on one folder would start each other's attempts a second time.</summary>
    private FileStream Lock()
    {
        try
        {
            return new FileStream(Path.Join(_data, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new InvalidOperationException(
                $"another process serves embedded cluster {options.Name} from {_data}; stop it, or choose another data folder", e);
        }
    }

    private void Tell(ViewProbeResult probe)
    {
        if (probe.Refusal is { } refusal)
        {
            logger.PlainFolders(options.Name, refusal);
            return;
        }

        logger.PrivateViews(options.Name, probe.View.Kind);
        if (probe.LeftOut.Count > 0)
        {
            logger.LeftOut(options.Name, string.Join(", ", probe.LeftOut));
        }
    }

    private void TakeUp()
    {
        foreach (var folder in Directory.EnumerateDirectories(Pods).SelectMany(Directory.EnumerateDirectories).Select(path => new AttemptFolder(path)))
        {
            if (folder.WasReleased)
            {
                continue;
            }

            if (folder.ReadIntent() is not { } intent)
            {
                Remove(folder.Path);
                continue;
            }

            var attempt = Hold(folder, intent);
            if (folder.ReadCancelled() is { } cancelled)
            {
                attempt.Cancel(cancelled);
            }

            if (folder.ReadResult() is { } result)
            {
                attempt.Logs.Close();
                attempt.Report(result);
            }
            else if (folder.WasStarted)
            {
                attempt.Life = Task.Run(() => LiveAsync(attempt, run => run.CollectAsync(_ends.Token)), CancellationToken.None);
            }
            else
            {
                // It may have been interrupted while its inputs came: it starts with nothing, as if for the first time.
                new PodView(Machine.View, folder.Path).Discard();
                FolderRemoval.Remove(folder.Volumes);
                attempt.Life = Task.Run(() => LiveAsync(attempt, run => run.RunAsync(_ends.Token)), CancellationToken.None);
            }
        }

        if (!_attempts.IsEmpty)
        {
            logger.TookUp(options.Name, _attempts.Count);
        }
    }

    private PodAttempt Hold(AttemptFolder folder, PodIntent intent)
    {
        var attempt = new PodAttempt(folder, intent, new PodLogs(folder.Logs, time), _reports!);
        _attempts[AttemptFolder.NameOf(intent.Key)] = attempt;
        return attempt;
    }

    private async Task LiveAsync(PodAttempt attempt, Func<PodRun, Task<NodeReport>> live)
    {
        try
        {
            var final = await live(new PodRun(Machine, attempt.Folder, attempt.Intent, attempt.Logs, attempt.Stop, attempt.Report));
            attempt.Folder.WriteResult(final);
            logger.Reported(options.Name, final.Key.Workflow, final.Key.NodeId, final.Phase, final.Message);
            attempt.Report(final);
            new PodView(Machine.View, attempt.Folder.Path).Discard();
        }
        catch (OperationCanceledException) when (_ends.IsCancellationRequested)
        {
            // The next life of the agent takes it from what is on disk.
        }
        catch (Exception e)
        {
            logger.AttemptBroke(options.Name, attempt.Intent.Key.Workflow, attempt.Intent.Key.NodeId, e);
        }
    }

    private async Task RemoveWhenOverAsync(string name, PodAttempt attempt)
    {
        await attempt.Life;
        if (_attempts.TryRemove(name, out _))
        {
            KeepLogs(attempt.Folder);
            attempt.Stop.Dispose();
        }
    }

    private void KeepLogs(AttemptFolder folder)
    {
        try
        {
            folder.Release();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.LeftBehind(options.Name, folder.Path, e);
        }
    }

    private void Remove(string folder)
    {
        try
        {
            FolderRemoval.Remove(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.LeftBehind(options.Name, folder, e);
        }
    }
}
