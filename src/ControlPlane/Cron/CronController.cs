using System.Collections.Concurrent;
using Argosy.ControlPlane.Resources;
using Argosy.Engine.Cron;
using Microsoft.Extensions.Hosting;
using Orleans;

namespace Argosy.ControlPlane.Cron;

/// <summary>Tells the grain of each cron workflow when its object or one of its children changes.</summary>
internal sealed class CronController(IResources resources, IGrainFactory grains, CronChildIndex index) : BackgroundService
{
    private const string CompletedLabel = "workflows.argoproj.io/completed";
    private const string ArchivingLabel = "workflows.argoproj.io/workflow-archiving-status";

    private readonly ConcurrentDictionary<(string Namespace, string Name), string> uids = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A grain that wakes must see the children of its former life.
        foreach (var child in await resources.ListAsync(Kinds.Workflow, null, CronWorkflow.ChildLabel, stoppingToken))
        {
            index.Add(child.MetadataText("namespace") ?? "", child.Labels()[CronWorkflow.ChildLabel], child.MetadataText("name") ?? "");
        }

        await Task.WhenAll(
            FollowAsync(Kinds.CronWorkflow, HandleCron, stoppingToken), FollowAsync(Kinds.Workflow, HandleWorkflow, stoppingToken));
    }

    private async Task FollowAsync(ResourceKind kind, Action<ResourceChange> handle, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var change in resources.ObserveAsync(kind, stoppingToken))
                {
                    handle(change);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // The hub is stopping.
            }
            catch (ApiException fallenBehind) when (fallenBehind.Code == 410)
            {
                // Too far behind: look at everything again, which changes nothing where all is well.
            }
        }
    }

    private void HandleCron(ResourceChange change)
    {
        var (key, grain) = (change.Key, grains.GetGrain<ICronWorkflowGrain>(change.Uid));
        if (change.Type == ResourceChangeType.Deleted)
        {
            uids.TryRemove(KeyValuePair.Create((key.Namespace!, key.Name), change.Uid));
            grain.Forget().Ignore();
            return;
        }

        uids[(key.Namespace!, key.Name)] = change.Uid;
        grain.Look(key.Namespace!, key.Name).Ignore();
    }

    private void HandleWorkflow(ResourceChange change)
    {
        if (!change.Labels.TryGetValue(CronWorkflow.ChildLabel, out var cron))
        {
            return;
        }

        var @namespace = change.Key.Namespace!;
        var grain = uids.TryGetValue((@namespace, cron), out var uid) ? grains.GetGrain<ICronWorkflowGrain>(uid) : null;
        switch (change.Type)
        {
            case ResourceChangeType.Deleted:
                index.Remove(@namespace, cron, change.Key.Name);
                grain?.ChildGone(change.Object.ToJsonString()).Ignore();
                break;
            case ResourceChangeType.Added:
                index.Add(@namespace, cron, change.Key.Name);
                grain?.ChildChanged().Ignore();
                break;
            case ResourceChangeType.Modified when change.Labels.GetValueOrDefault(CompletedLabel) == "true" || change.Labels.ContainsKey(ArchivingLabel):
                index.Add(@namespace, cron, change.Key.Name);
                grain?.ChildChanged().Ignore();
                break;
            case ResourceChangeType.Modified:
                break; // it goes on
        }
    }
}
