using System.Text.Json.Nodes;
using Argosy.ControlPlane.Journal;
using Argosy.ControlPlane.Resources;
using Argosy.ControlPlane.Synchronization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;

namespace Argosy.ControlPlane.Workflows;

/// <summary>
/// Brings Workflow objects to their grains: every one that has not ended when the hub starts, and every one that is created, changed by its
/// owner, or deleted afterwards.
/// </summary>
internal sealed class WorkflowController(
    IResources resources, IJournal journal, IGrainFactory grains, TimeProvider time, ILogger<WorkflowController> log) : BackgroundService
{
    private readonly Dictionary<string, long> generations = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                _ = UntilHeard.SayAsync(() => ForgetDeletedAsync(stoppingToken), time, log, stoppingToken);
                await foreach (var change in resources.ObserveAsync(Kinds.Workflow, stoppingToken))
                {
                    Handle(change, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // The hub is stopping; the next one starts here again.
            }
            catch (ApiException fallenBehind) when (fallenBehind.Code == 410)
            {
                // Too far behind the changes: look at everything again. Submitting twice changes nothing.
            }
        }
    }

    private void Handle(ResourceChange change, CancellationToken stoppingToken)
    {
        var (uid, generation) = (change.Uid, change.Generation); // its status, which may be large, is not even parsed
        var grain = grains.GetGrain<IWorkflowGrain>(uid);
        switch (change.Type)
        {
            case ResourceChangeType.Deleted:
                generations.Remove(uid);
                Forget(uid, stoppingToken);
                break;
            case ResourceChangeType.Added:
                generations[uid] = generation;
                if (!IsEnded(change.Object))
                {
                    _ = StartAsync(grain, change, uid, stoppingToken);
                }

                break;
            case ResourceChangeType.Modified when generations.GetValueOrDefault(uid) != generation:
                generations[uid] = generation;
                grain.SpecChanged(change.Object.ToJsonString()).Ignore();
                break;
            case ResourceChangeType.Modified:
                break; // its status, shown by ourselves
        }
    }

    private void Forget(string uid, CancellationToken stoppingToken) =>
        _ = UntilHeard.SayAsync(() => grains.GetGrain<IWorkflowGrain>(uid).Forget(), time, log, stoppingToken);

    /// <summary>A deletion that nobody was told of, for the hub was killed or fell behind: the journal still knows what has no object any more.</summary>
    private async Task ForgetDeletedAsync(CancellationToken stoppingToken)
    {
        var known = await journal.ListWorkflowsAsync(stoppingToken); // before the objects: one that is created meanwhile is in neither list
        var present = (await resources.ListAsync(Kinds.Workflow, null, null, stoppingToken)).Select(workflow => (string?)workflow["metadata"]?["uid"]).ToHashSet();
        foreach (var uid in known.Where(uid => !present.Contains(uid)))
        {
            Forget(uid, stoppingToken);
        }
    }

    private async Task StartAsync(IWorkflowGrain grain, ResourceChange change, string uid, CancellationToken stoppingToken)
    {
        var manifest = change.Object; // with its status, if it came with one: the grain takes up what it does not know
        for (var delay = TimeSpan.FromMilliseconds(100); !stoppingToken.IsCancellationRequested; delay = delay < TimeSpan.FromSeconds(30) ? delay * 2 : delay)
        {
            try
            {
                await grain.Submit(manifest.ToJsonString());
                return;
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                WorkflowLog.NotStarted(log, failure, change.Key.Namespace ?? "", change.Key.Name, uid, delay);
                await Task.Delay(delay, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Ended, and with nothing left to clean up.</summary>
    private static bool IsEnded(JsonObject workflow) =>
        workflow["status"]?["phase"]?.GetValue<string>() is "Succeeded" or "Failed" or "Error"
        && workflow["metadata"]?["deletionTimestamp"] is null
        && workflow["metadata"]?["annotations"]?[StatusPublisher.CleanupAnnotation] is null;
}
