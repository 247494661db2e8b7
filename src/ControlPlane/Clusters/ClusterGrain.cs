using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Dispatch;
using Argosy.ControlPlane.Workflows;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Concurrency;

namespace Argosy.ControlPlane.Clusters;

/// <summary>Calls interleave: a workflow that is asked whether it is known may be loading, and wants things of this cluster meanwhile.</summary>
[Reentrant]
internal sealed class ClusterGrain(AgentSessions sessions, IGrainFactory grains, ILogger<ClusterGrain> log) : Grain, IClusterGrain
{
    private readonly Dictionary<AttemptKey, HubMessage> wanted = [];
    private readonly Dictionary<AttemptKey, HubMessage> cancelled = [];

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        DelayDeactivation(TimeSpan.MaxValue); // what is wanted must outlast a long silence of the agent
        return Task.CompletedTask;
    }

    public async Task Deliver(IReadOnlyList<HubMessage> messages)
    {
        var session = sessions.Find(this.GetPrimaryKeyString());
        foreach (var message in messages)
        {
            Remember(message);
            if (session is not null)
            {
                await session.SendAsync(message);
            }
        }
    }

    public async Task Connected(long epoch, IReadOnlyList<AttemptKey> inventory, IReadOnlyList<string> workflows)
    {
        if (sessions.Find(this.GetPrimaryKeyString()) is not { } session || session.Epoch != (ulong)epoch)
        {
            return; // a newer session has taken over
        }

        var held = inventory.ToHashSet();
        foreach (var (key, message) in wanted.ToArray())
        {
            if (!held.Contains(key))
            {
                await session.SendAsync(message);
            }
        }

        foreach (var message in cancelled.Values.ToArray())
        {
            await session.SendAsync(message);
        }

        var byWorkflow = inventory.ToLookup(key => key.WorkflowUid);
        foreach (var uid in byWorkflow.Select(keys => keys.Key).Concat(workflows).Distinct())
        {
            try
            {
                await CompareAsync(session, uid, byWorkflow[uid]);
            }
            catch (Exception failure)
            {
                // One workflow that cannot be loaded must not keep the cluster from all others: nothing of it is released or forgotten.
                ClusterLog.NotCompared(log, failure, uid, this.GetPrimaryKeyString());
            }
        }
    }

    private async Task CompareAsync(AgentSession session, string uid, IEnumerable<AttemptKey> held)
    {
        var workflow = grains.GetGrain<IWorkflowGrain>(uid);
        if (!await workflow.IsKnown())
        {
            // Deleted while the agent was away: nobody will ever ask for it again.
            await session.SendAsync(new HubMessage { Forget = uid });
            return;
        }

        // The release may have been lost with the connection that it was sent on.
        var unsure = held.Where(key => !wanted.ContainsKey(key)).ToList();
        foreach (var decided in unsure.Count > 0 ? await workflow.NotAwaited(this.GetPrimaryKeyString(), unsure) : [])
        {
            await session.SendAsync(new HubMessage { Release = decided });
        }
    }

    private void Remember(HubMessage message)
    {
        switch (message.BodyCase)
        {
            case HubMessage.BodyOneofCase.Run:
                wanted[message.Run.Key] = message;
                break;
            case HubMessage.BodyOneofCase.Cancel:
                cancelled[message.Cancel.Key] = message;
                break;
            case HubMessage.BodyOneofCase.Release:
                wanted.Remove(message.Release);
                cancelled.Remove(message.Release);
                break;
            case HubMessage.BodyOneofCase.Forget:
                foreach (var key in wanted.Keys.Concat(cancelled.Keys).Where(key => key.WorkflowUid == message.Forget).ToList())
                {
                    wanted.Remove(key);
                    cancelled.Remove(key);
                }

                break;
            default:
                break;
        }
    }
}

internal static partial class ClusterLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "workflow {WorkflowUid} cannot be asked what it still wants of cluster {Cluster}")]
    public static partial void NotCompared(ILogger log, Exception failure, string workflowUid, string cluster);
}
