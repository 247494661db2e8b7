using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Clusters;
using Argosy.ControlPlane.Workflows;
using Argosy.Engine.Workflows;
using Orleans;

namespace Argosy.ControlPlane.Dispatch;

/// <summary>Brings what concerns pods to the clusters they are in.</summary>
internal sealed class AgentOrderCarrier(IGrainFactory grains, Fleet fleet) : IOrderCarrier
{
    public async Task CarryOutAsync(WorkflowState state, IReadOnlyList<WorkflowOrder> orders)
    {
        Dictionary<string, List<HubMessage>> messages = new(StringComparer.Ordinal);
        foreach (var order in orders)
        {
            if (AgentOrders.Write(state, order, fleet.IsEmbedded) is not var (cluster, message))
            {
                continue;
            }

            if (message.BodyCase == HubMessage.BodyOneofCase.Run && !fleet.IsEmbedded(cluster) && message.CalculateSize() > MessageLimits.LargestBodyBytes)
            {
                message.Run = Refused(message.Run);
            }

            if (message.BodyCase == HubMessage.BodyOneofCase.Release)
            {
                fleet.Release(cluster);
            }

            (messages.TryGetValue(cluster, out var list) ? list : messages[cluster] = []).Add(message);
        }

        foreach (var (cluster, list) in messages)
        {
            await grains.GetGrain<IClusterGrain>(cluster).Deliver(list);
        }
    }

    /// <summary>What is left of an order that no session could carry: its agent answers that it is an Error.</summary>
    private static PodIntent Refused(PodIntent intent) => new()
    {
        Key = intent.Key,
        PodName = intent.PodName,
        NodeName = intent.NodeName,
        TemplateJson = "{}",
        PodError = $"the step's template is larger than {MessageLimits.LargestBodyBytes / 1024 / 1024} MiB with its inputs in it: pass what is large as an artifact",
    };
}
