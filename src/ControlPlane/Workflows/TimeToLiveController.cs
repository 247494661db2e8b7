using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;
using Argosy.Engine.Workflows;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Argosy.ControlPlane.Workflows;

/// <summary>Deletes ended workflows when their time to live is over. When that is follows from the stored objects alone.</summary>
internal sealed class TimeToLiveController(
    IResources resources, WorkflowSettings settings, TimeProvider time, ILogger<TimeToLiveController> log) : BackgroundService
{
    private readonly PriorityQueue<(ResourceKey Key, string Uid), DateTimeOffset> due = new();
    private readonly Dictionary<string, DateTimeOffset> known = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim changed = new(0);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(ObserveAsync(stoppingToken), DeleteAsync(stoppingToken));

    public override void Dispose()
    {
        changed.Dispose();
        base.Dispose();
    }

    private async Task ObserveAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var change in resources.ObserveAsync(Kinds.Workflow, stoppingToken))
                {
                    Consider(change);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // The hub is stopping; what is due is found again in the stored objects.
            }
            catch (ApiException fallenBehind) when (fallenBehind.Code == 410)
            {
                // Too far behind the changes: look at everything again.
            }
        }
    }

    private void Consider(ResourceChange change)
    {
        lock (due)
        {
            if (change.Type == ResourceChangeType.Deleted || change.Phase is not ("Succeeded" or "Failed" or "Error")
                || TimeToLive.EndOf(change.Object, settings.Hub) is not { } at)
            {
                known.Remove(change.Uid);
                return;
            }

            if (known.GetValueOrDefault(change.Uid) == at)
            {
                return;
            }

            known[change.Uid] = at;
            due.Enqueue((change.Key, change.Uid), at);
        }

        changed.Release();
    }

    private async Task DeleteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            using var sooner = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            var signal = changed.WaitAsync(sooner.Token);
            if (Next() is { } wait)
            {
                await Task.WhenAny(signal, Task.Delay(wait, time, sooner.Token));
            }
            else
            {
                await signal.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await sooner.CancelAsync();
            await signal.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (TakeDue() is { } workflow)
            {
                await DeleteAsync(workflow.Key, workflow.Uid, stoppingToken);
            }
        }
    }

    private TimeSpan? Next()
    {
        lock (due)
        {
            if (!due.TryPeek(out _, out var at))
            {
                return null;
            }

            // A timer cannot wait longer than this; it looks again then.
            var wait = at - time.GetUtcNow();
            return wait < TimeSpan.Zero ? TimeSpan.Zero : wait < TimeSpan.FromDays(1) ? wait : TimeSpan.FromDays(1);
        }
    }

    private (ResourceKey Key, string Uid)? TakeDue()
    {
        lock (due)
        {
            while (due.TryPeek(out var workflow, out var at) && at <= time.GetUtcNow())
            {
                due.Dequeue();
                if (known.GetValueOrDefault(workflow.Uid) == at)
                {
                    return workflow;
                }
            }

            return null;
        }
    }

    private async Task DeleteAsync(ResourceKey key, string uid, CancellationToken stoppingToken)
    {
        try
        {
            // It may have been retried, or replaced by another of its name, since it was noted.
            if (await resources.FindAsync(key, stoppingToken) is { } workflow && (string?)workflow["metadata"]?["uid"] == uid
                && TimeToLive.EndOf(workflow, settings.Hub) <= time.GetUtcNow())
            {
                await resources.DeleteAsync(key, stoppingToken);
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            WorkflowLog.NotDeleted(log, failure, key.Namespace ?? "", key.Name);
            lock (due)
            {
                known[uid] = time.GetUtcNow().AddSeconds(10);
                due.Enqueue((key, uid), known[uid]);
            }
        }
    }
}
