using Argosy.ClusterAgent.Identity;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Connection;

/// <summary>
/// The ways to the hub as one identity. Calls on one connection share its flow control, so whatever may stall has a connection apart: neither
/// an upload nor a log that nobody reads can hold back a heartbeat.
/// </summary>
/// <param name="replaced">Fires when the agent has got another identity.</param>
internal sealed class HubConnections(HubDialer dialer, HubIdentity identity, CancellationToken replaced) : IDisposable
{
    private readonly HubWay _session = dialer.Dial(identity);
    private readonly HubWay _artifacts = dialer.Dial(identity);
    private readonly HubWay _logs = dialer.Dial(identity);

    public HubIdentity Identity { get; } = identity;

    public CancellationToken Replaced { get; } = replaced;

    public AgentLink.AgentLinkClient Session => new(_session.Channel);

    public AgentLink.AgentLinkClient Artifacts => new(_artifacts.Channel);

    public AgentLink.AgentLinkClient Logs => new(_logs.Channel);

    public void Dispose()
    {
        _session.Dispose();
        _artifacts.Dispose();
        _logs.Dispose();
    }
}
