using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Connection;
using Argosy.ClusterAgent.Executors;
using Argosy.ClusterAgent.Kubernetes.Api;
using Argosy.ClusterAgent.Kubernetes.Pods;
using Argosy.ClusterAgent.Kubernetes.Watching;
using Argosy.ClusterAgent.Podless;
using Argosy.ClusterAgent.Podless.Resources;
using Argosy.ClusterAgent.Pods;
using Argosy.Contracts.Agents;
using Microsoft.Extensions.Logging;

namespace Argosy.ClusterAgent.Kubernetes;

/// <summary>
/// Runs attempts as pods of a Kubernetes cluster. It keeps no state but the cluster's objects: what an attempt is stands in its pod's annotations, and a
/// finalizer keeps every pod readable until the hub has its end.
/// </summary>
internal sealed class KubernetesRuntime(
    PodOptions options,
    KubernetesClient client,
    IHubLink hub,
    FindImageCommand findCommand,
    PodlessTemplates podless,
    OwnedObjects owned,
    TimeProvider time,
    ILoggerFactory loggers) : IPodRuntime, IExecutorPods, IDisposable
{
    /// <summary>Between two looks at whether what was deleted has gone.</summary>
    private static readonly TimeSpan WhileItGoes = TimeSpan.FromSeconds(5);

    private const string HeldPods = $"{PodMarks.Managed}=true,{PodMarks.State}={PodMarks.Held}";

    private readonly ConcurrentDictionary<string, HeldAttempt> _attempts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _workflows = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _ends = new();
    private readonly PodWrites _writes = new(client);
    private readonly PodLogReader _logs = new(client, time);
    private readonly ILogger _logger = loggers.CreateLogger<KubernetesRuntime>();
    private readonly ConcurrentQueue<Task> _watches = new();
    private readonly Informer _kubeNodes = new(
        client, ResourceType.Node, null, ListQuery.All, new InformerOptions { Keep = ClusterCapacity.OfNode }, time, loggers.CreateLogger<Informer>());

    private WorkflowObjects? _objects;
    private AttemptLife? _life;
    private IReportSink? _reports;
    private volatile bool _isCurrent;

    public string Kind => "kubernetes";

    public int RunningPods => _attempts.Values.Count(attempt => attempt.IsRunning);

    private WorkflowObjects Objects => _objects ?? throw new InvalidOperationException("the runtime was not started");

    private AttemptLife Life => _life ?? throw new InvalidOperationException("the runtime was not started");

    public async Task StartAsync(IReportSink reports, CancellationToken cancellationToken)
    {
        _reports = reports;
        _objects = new WorkflowObjects(client, new ApiDiscovery(client), options.Namespaces, HasAttempts);
        _life = new AttemptLife(
            options, new PodBuilder(options, findCommand, time), _writes, _objects, new PodOutcomes(client, hub), client, reports, Drop, time, _logger, _ends.Token);
        List<Task> synced = [];
        foreach (var @namespace in options.Namespaces)
        {
            var informer = new Informer(
                client, ResourceType.Pod, @namespace, new ListQuery { LabelSelector = HeldPods }, new InformerOptions { Keep = PodFields.Keep }, time,
                loggers.CreateLogger<Informer>());
            informer.Changed += See;
            _watches.Enqueue(informer.RunAsync(_ends.Token));
            synced.Add(informer.Synced);
        }

        var all = Task.WhenAll(synced);
        await await Task.WhenAny([all, .. _watches]).WaitAsync(cancellationToken); // a watch that ends first has failed: then so does the start
        _ends.Token.ThrowIfCancellationRequested();
        _watches.Enqueue(_kubeNodes.RunAsync(_ends.Token));
        _isCurrent = true;
        await RememberWorkflowsAsync(cancellationToken);
        if (!_attempts.IsEmpty)
        {
            _logger.TookUp(_attempts.Count);
        }
    }

    public IReadOnlyList<AttemptKey> Inventory() => [.. _attempts.Values.Where(attempt => !attempt.IsReleased && !attempt.IsRemoved).Select(attempt => attempt.Key)];

    public IReadOnlyCollection<string> Workflows() => [.. _workflows.Keys];

    /// <summary>What the cluster's kube nodes have, and what held pods ask for; null until it is known.</summary>
    public Capacity? Capacity() => _kubeNodes.Synced.IsCompleted
        ? ClusterCapacity.Of(_kubeNodes.Objects, _attempts.Values.Select(attempt => attempt.Pod).OfType<JsonObject>())
        : null;

    /// <summary>A watch that ended by a mistake of ours, which does not come back by itself; null: none.</summary>
    public string? Trouble() => _watches.FirstOrDefault(watch => watch.IsFaulted) is { } broken
        ? $"a watch of the cluster has ended: {broken.Exception!.GetBaseException().Message}"
        : null;

    public Task AcceptAsync(PodIntent intent, CancellationToken cancellationToken)
    {
        var hash = PodMarks.HashOf(intent.Key);
        if (_attempts.TryGetValue(hash, out var known))
        {
            known.ReportAgain();
            return Task.CompletedTask;
        }

        var attempt = Hold(new HeldAttempt(intent, _reports!));
        if (!options.Namespaces.Contains(intent.Key.Namespace))
        {
            attempt.IsOver = true;
            attempt.Report(new NodeReport { Key = intent.Key, Phase = PodPhase.PodError, Message = NotEnrolled(intent.Key.Namespace) });
        }
        else if (podless.Find(intent) is { } work)
        {
            _ = Task.Run(() => WorkAsync(attempt, work), CancellationToken.None);
            _reports!.Accepted(intent.Key);
        }
        else
        {
            attempt.Wake(Life.LookAsync);
        }

        return Task.CompletedTask;
    }

    public Task CancelAsync(CancelIntent intent, CancellationToken cancellationToken)
    {
        if (_attempts.TryGetValue(PodMarks.HashOf(intent.Key), out var attempt))
        {
            attempt.Cancel(intent);
            attempt.Stop.Cancel();
            attempt.ReportAgain();
            attempt.Wake(Life.LookAsync);
        }
        else
        {
            _reports!.Report(AttemptLife.CancelledBeforeStart(intent.Key, intent));
        }

        return Task.CompletedTask;
    }

    public Task ReleaseAsync(AttemptKey key, CancellationToken cancellationToken)
    {
        if (_attempts.TryGetValue(PodMarks.HashOf(key), out var attempt))
        {
            attempt.Release();
            attempt.Stop.Cancel();
            attempt.Wake(Life.LookAsync);
        }

        return Task.CompletedTask;
    }

    public Task RemoveAsync(AttemptKey key, CancellationToken cancellationToken)
    {
        if (_attempts.TryGetValue(PodMarks.HashOf(key), out var attempt))
        {
            attempt.Remove();
            attempt.Stop.Cancel();
            attempt.Wake(Life.LookAsync);
        }

        InBackground(key.WorkflowUid, token => RemovePodsAsync(key.Namespace, $"{PodMarks.Attempt}={PodMarks.HashOf(key)}", token));
        return Task.CompletedTask;
    }

    public Task DropClaimsAsync(string workflowUid, CancellationToken cancellationToken)
    {
        InBackground(workflowUid, async token =>
        {
            await Objects.DropClaimsAsync(workflowUid, token);
            return true;
        });
        return Task.CompletedTask;
    }

    public Task ForgetAsync(string workflowUid, CancellationToken cancellationToken)
    {
        foreach (var attempt in _attempts.Values.Where(attempt => attempt.Key.WorkflowUid == workflowUid))
        {
            attempt.Remove();
            attempt.Stop.Cancel();
            attempt.Wake(Life.LookAsync);
        }

        InBackground(workflowUid, async token =>
        {
            await owned.ForgetAsync(workflowUid, token); // first: by its pods the next life of the agent knows that something is left
            var areGone = true;
            foreach (var @namespace in options.Namespaces)
            {
                areGone &= await RemovePodsAsync(@namespace, $"{PodMarks.WorkflowUid}={workflowUid}", token);
            }

            await Objects.ForgetAsync(workflowUid, token);
            if (areGone)
            {
                _workflows.TryRemove(workflowUid, out _);
            }

            return areGone;
        });
        return Task.CompletedTask;
    }

    public IAsyncEnumerable<LogLine> ReadLogAsync(LogRequest request, CancellationToken cancellationToken) =>
        _logs.ReadAsync(request, token => FindPodAsync(request, token), cancellationToken);

    public ExecutorPod? Find(string @namespace, string podName, string podUid) =>
        _attempts.Values.FirstOrDefault(attempt => IsPodOf(attempt, @namespace, podName) && attempt.Pod?.Text("metadata", "uid") == podUid) is { } attempt
            ? new ExecutorPod(attempt.Key, [.. attempt.Intent.InputArtifacts], [.. attempt.Intent.OutputArtifacts])
            : null;

    /// <summary>While the pods of an earlier life are read, and while the answer to a pod's creation is under way.</summary>
    public bool MayCome(string @namespace, string podName) =>
        !_isCurrent || _attempts.Values.Any(attempt => attempt is { IsMade: false, IsOver: false } && IsPodOf(attempt, @namespace, podName));

    public void Progressed(AttemptKey key, string progress)
    {
        if (_attempts.TryGetValue(PodMarks.HashOf(key), out var attempt) && attempt.Progressed(progress))
        {
            attempt.Wake(Life.LookAsync);
        }
    }

    /// <summary>Pods live on; the next life of the agent takes them up.</summary>
    public async Task StopAsync()
    {
        await _ends.CancelAsync();
        await Task.WhenAll(_watches).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        _life?.Dispose();
        _objects?.Dispose();
        _ends.Dispose();
    }

    private string NotEnrolled(string @namespace) =>
        $"namespace \"{@namespace}\" is not among those that this cluster's agent may use ({string.Join(", ", options.Namespaces)}): "
        + "enrol it with argosy cluster join-manifest --namespace, or run the step in another cluster";

    private static bool IsPodOf(HeldAttempt attempt, string @namespace, string podName) => attempt.PodName == podName && attempt.Key.Namespace == @namespace;

    private bool HasAttempts(string workflowUid) => _attempts.Values.Any(attempt => attempt.Key.WorkflowUid == workflowUid);

    private HeldAttempt Hold(HeldAttempt attempt)
    {
        _workflows[attempt.Key.WorkflowUid] = true;
        return _attempts.GetOrAdd(attempt.Hash, attempt);
    }

    private void Drop(HeldAttempt attempt) => _attempts.TryRemove(attempt.Hash, out _);

    private void See(ObjectChange change)
    {
        var pod = change.Object;
        if (pod.Label(PodMarks.Attempt) is not { } hash)
        {
            return;
        }

        if (change.Type == ObjectChangeType.Gone)
        {
            if (_attempts.TryGetValue(hash, out var left) && IsPodOf(left, pod.Namespace(), pod.Name()))
            {
                left.See(null);
                left.Wake(Life.LookAsync);
            }

            return;
        }

        if (!_attempts.TryGetValue(hash, out var attempt))
        {
            if (TakeUp(pod) is not { } takenUp)
            {
                return;
            }

            attempt = takenUp;
        }
        else if (!IsPodOf(attempt, pod.Namespace(), pod.Name()))
        {
            _logger.NotOurs(pod.Namespace(), pod.Name(), $"its attempt's pod is {attempt.Key.Namespace}/{attempt.PodName}");
            return;
        }

        attempt.See(pod);
        attempt.Wake(Life.LookAsync);
    }

    /// <summary>Anybody who may write pods can copy labels: a pod is taken for what it says only where all of it fits.</summary>
    private HeldAttempt? TakeUp(JsonObject pod)
    {
        PodIntent? intent;
        try
        {
            intent = PodBuilder.Remembered(pod);
        }
        catch (Exception malformed) // the parser has several for it
        {
            _logger.NotOurs(pod.Namespace(), pod.Name(), malformed.Message);
            return null;
        }

        if (intent is not { Key: { } key })
        {
            _logger.NotOurs(pod.Namespace(), pod.Name(), $"annotation {PodMarks.Intent} is missing");
            return null;
        }

        if (PodMarks.HashOf(key) != pod.Label(PodMarks.Attempt) || key.Namespace != pod.Namespace() || PodMarks.NameOf(intent) != pod.Name())
        {
            _logger.NotOurs(pod.Namespace(), pod.Name(), $"annotation {PodMarks.Intent} is another pod's");
            return null;
        }

        Objects.Remember(key.WorkflowUid);
        return Hold(new HeldAttempt(intent, _reports!));
    }

    private async Task WorkAsync(HeldAttempt attempt, Func<CancellationToken, Task<NodeReport>> work)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_ends.Token, attempt.Stop.Token);
        NodeReport final;
        attempt.Begin();
        attempt.Report(new NodeReport { Key = attempt.Key, Phase = PodPhase.PodRunning });
        try
        {
            final = await work(either.Token);
        }
        catch (OperationCanceledException) when (_ends.IsCancellationRequested)
        {
            return;
        }
        catch (OperationCanceledException)
        {
            final = AttemptLife.CancelledBeforeStart(attempt.Key, attempt.Cancelled ?? new CancelIntent { Key = attempt.Key });
            final.Message = attempt.Cancelled is { DaemonDone: false, Reason: { Length: > 0 } reason } ? reason : final.Message;
        }
        catch (PodlessException failure)
        {
            final = new NodeReport { Key = attempt.Key, Phase = PodPhase.PodError, Message = failure.Message };
        }
        catch (Exception failure)
        {
            final = new NodeReport { Key = attempt.Key, Phase = PodPhase.PodError, Message = failure.Message };
        }

        attempt.IsOver = true;
        attempt.Report(final);
    }

    private async Task<JsonObject?> FindPodAsync(LogRequest request, CancellationToken cancellationToken)
    {
        if (request.Key is not { NodeId.Length: > 0 } key)
        {
            return null;
        }

        if (_attempts.TryGetValue(PodMarks.HashOf(key), out var attempt))
        {
            return attempt.Pod;
        }

        await foreach (var pod in client.ListAsync(
            ResourceType.Pod, key.Namespace, new ListQuery { LabelSelector = $"{PodMarks.Attempt}={PodMarks.HashOf(key)}" }, cancellationToken))
        {
            return pod;
        }

        return null;
    }

    /// <summary>Which workflows have something here, so that the hub can say which of them are gone.</summary>
    private async Task RememberWorkflowsAsync(CancellationToken cancellationToken)
    {
        foreach (var type in new[] { ResourceType.Pod, ResourceType.PersistentVolumeClaim })
        {
            foreach (var @namespace in options.Namespaces)
            {
                await foreach (var item in client.ListAsync(type, @namespace, new ListQuery { LabelSelector = $"{PodMarks.Managed}=true" }, cancellationToken))
                {
                    if (item.Label(PodMarks.WorkflowUid) is { } uid)
                    {
                        _workflows[uid] = true;
                    }
                }
            }
        }
    }

    /// <returns>Whether none of them is left; those that are have been told to go.</returns>
    private async Task<bool> RemovePodsAsync(string @namespace, string selector, CancellationToken cancellationToken)
    {
        var areGone = true;
        await foreach (var pod in client.ListAsync(ResourceType.Pod, @namespace, new ListQuery { LabelSelector = selector }, cancellationToken))
        {
            areGone = false;
            await _writes.RemoveAsync(pod, cancellationToken);
        }

        return areGone;
    }

    /// <summary>What is not urgent and must not hold up the hub's next word; repeated, with growing pauses, until it is done.</summary>
    private void InBackground(string workflowUid, Func<CancellationToken, Task<bool>> work) => _ = Task.Run(async () =>
    {
        for (var failures = 0; !_ends.IsCancellationRequested;)
        {
            var pause = WhileItGoes;
            try
            {
                if (await work(_ends.Token))
                {
                    return;
                }

                failures = 0;
            }
            catch (Exception failure) when (!_ends.IsCancellationRequested)
            {
                pause = options.PauseAfter(failures++);
                _logger.CleanupFailed(workflowUid, failure.Message, pause);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(Jitter.About(pause), time, _ends.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    });
}
