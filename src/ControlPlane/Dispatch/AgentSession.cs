using System.Threading.Channels;
using Argosy.Contracts.Agents;

namespace Argosy.ControlPlane.Dispatch;

/// <summary>The hub's end of one agent's session.</summary>
internal sealed class AgentSession(string cluster, ulong epoch, IAgentServices services, ReportIntake intake, AgentSessions sessions) : IAgentSession
{
    private readonly Channel<HubMessage> outgoing = Channel.CreateUnbounded<HubMessage>(new UnboundedChannelOptions { SingleReader = true });
    private ulong lastNumber;

    public string Cluster { get; } = cluster;

    public ulong Epoch { get; } = epoch;

    public IAgentServices Services { get; } = services;

    /// <summary>The hub has ended the session: what the agent said and the hub did not acknowledge, it will say again.</summary>
    public bool HungUp { get; private set; }

    /// <summary>Says something to the agent; what cannot be sent any more is sent by the next session.</summary>
    public ValueTask SendAsync(HubMessage message)
    {
        if (message.BodyCase == HubMessage.BodyOneofCase.Run && message.Run.Epoch != Epoch)
        {
            if (message.Run.Epoch != 0)
            {
                message = message.Clone(); // an agent of an earlier session may still hold the other one
            }

            message.Run.Epoch = Epoch;
        }

        outgoing.Writer.TryWrite(message);
        return ValueTask.CompletedTask;
    }

    public IAsyncEnumerable<HubMessage> ReceiveAsync(CancellationToken cancellationToken) => outgoing.Reader.ReadAllAsync(cancellationToken);

    public async ValueTask SendAsync(AgentMessage message, CancellationToken cancellationToken)
    {
        sessions.Saw(Cluster);
        if (message.Number != 0 && message.Number <= lastNumber)
        {
            return; // said before in this session
        }

        lastNumber = Math.Max(lastNumber, message.Number);
        switch (message.BodyCase)
        {
            case AgentMessage.BodyOneofCase.Report when message.Report.Key is not { WorkflowUid.Length: > 0, NodeId.Length: > 0 }:
                throw new HubRefusedException("a report must name its attempt");
            case AgentMessage.BodyOneofCase.Report:
                await intake.TakeAsync(this, message.Number, message.Report, cancellationToken);
                break;
            case AgentMessage.BodyOneofCase.Capacity:
                sessions.Learn(Cluster, message.Capacity);
                break;
            default:
                break;
        }
    }

    public async Task SupersedeAsync(ulong newer)
    {
        await SendAsync(new HubMessage { Superseded = $"session {Epoch} of cluster {Cluster} is superseded by session {newer}" });
        outgoing.Writer.TryComplete();
    }

    /// <summary>Ends the session from the hub's side.</summary>
    public void HangUp()
    {
        HungUp = true;
        outgoing.Writer.TryComplete();
        sessions.Closed(this);
    }

    public ValueTask DisposeAsync()
    {
        outgoing.Writer.TryComplete();
        sessions.Closed(this);
        return ValueTask.CompletedTask;
    }
}
