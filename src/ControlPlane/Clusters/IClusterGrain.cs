using Argosy.Contracts.Agents;
using Orleans;

namespace Argosy.ControlPlane.Clusters;

/// <summary>
/// What one cluster should be doing; its key is the cluster's name. It remembers what is wanted until that is released, so that an agent
/// that comes back is told what it missed. It holds no truth: after a restart the workflows say again what they want.
/// </summary>
public interface IClusterGrain : IGrainWithStringKey
{
    /// <summary>Wants pods run, cancelled or released in this cluster; sent at once where an agent is connected.</summary>
    Task Deliver(IReadOnlyList<HubMessage> messages);

    /// <summary>An agent has opened session <paramref name="epoch"/> and holds what <paramref name="inventory"/> names.</summary>
    /// <param name="workflows">Uids of the workflows of which the cluster has something; it is told which of them may be forgotten.</param>
    Task Connected(long epoch, IReadOnlyList<AttemptKey> inventory, IReadOnlyList<string> workflows);
}
