using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Dispatch;
using Orleans;

namespace Argosy.ControlPlane.Clusters;

internal sealed class ClusterGrain(AgentSessions sessions) : Grain, IClusterGrain
{
    private readonly Dictionary<AttemptKey, HubMessage> wanted = [];
    private readonly Dictionary<AttemptKey, HubMessage> cancelled = [];

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

    public async Task Connected(long epoch, IReadOnlyList<AttemptKey> inventory)
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
