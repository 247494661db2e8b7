using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Dispatch;
using Argosy.ControlPlane.Workflows;
using Orleans;
using Orleans.Concurrency;

namespace Argosy.ControlPlane.Clusters;

/// <summary>Calls interleave: a workflow that is asked whether it is known may be loading, and wants things of this cluster meanwhile.</summary>
[Reentrant]
internal sealed class ClusterGrain(AgentSessions sessions, IGrainFactory grains) : Grain, IClusterGrain
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

        // Deleted while the agent was away: nobody will ever ask for it again.
        foreach (var uid in inventory.Select(key => key.WorkflowUid).Concat(workflows).Distinct())
        {
            if (!await grains.GetGrain<IWorkflowGrain>(uid).IsKnown())
            {
                await session.SendAsync(new HubMessage { Forget = uid });
            }
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
            default:
                break;
        }
    }
}
