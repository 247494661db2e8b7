using Argosy.ClusterAgent.Pods;
using Argosy.Contracts.Agents;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;

namespace Argosy.ClusterAgent.Connection;

internal enum SessionEnd
{
    HungUp,
    Superseded,
}

/// <summary>
/// The conversations of one session: hearing, telling, showing a pulse, and saying how much room there is. The first to end ends all. None waits
/// for another, so an order that takes long holds back later orders and nothing else.
/// </summary>
internal sealed class AgentSession(
    IAgentSession link, ClusterAgentOptions options, IPodRuntime runtime, Func<Capacity?> capacity, ReportOutbox outbox, TimeProvider time,
    ILogger logger)
{
    private readonly TaskCompletionSource _welcomed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SessionEnd _end = SessionEnd.HungUp;

    /// <summary>The hub took the agent in.</summary>
    public event Action? Welcomed;

    /// <summary>Returns when the hub ended the session.</summary>
    public async Task<SessionEnd> LiveAsync(CancellationToken cancellationToken)
    {
        using var life = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] conversations = [HearAsync(life.Token), TellAsync(life.Token), BeatAsync(life.Token), SayCapacityAsync(life.Token)];
        var first = await Task.WhenAny(conversations);
        await life.CancelAsync();
        await Task.WhenAll(conversations).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await first;
        return _end;
    }

    private async Task HearAsync(CancellationToken cancellationToken)
    {
        await foreach (var message in link.ReceiveAsync(cancellationToken))
        {
            switch (message.BodyCase)
            {
                case HubMessage.BodyOneofCase.Welcome:
                    outbox.BeginSession(message.Welcome.Epoch);
                    logger.Connected(options.Cluster, message.Welcome.Epoch);
                    Welcomed?.Invoke();
                    _welcomed.TrySetResult();
                    break;
                case HubMessage.BodyOneofCase.ReportsDurable:
                    outbox.Acknowledge(message.ReportsDurable);
                    break;
                case HubMessage.BodyOneofCase.Superseded:
                    logger.Superseded(options.Cluster, message.Superseded);
                    _end = SessionEnd.Superseded;
                    return;
                case HubMessage.BodyOneofCase.Run:
                    await ObeyAsync(message.Run.Key, () => runtime.AcceptAsync(message.Run, cancellationToken));
                    break;
                case HubMessage.BodyOneofCase.Cancel:
                    await ObeyAsync(message.Cancel.Key, () => runtime.CancelAsync(message.Cancel, cancellationToken));
                    break;
                case HubMessage.BodyOneofCase.Release:
                    await ObeyAsync(message.Release, () => runtime.ReleaseAsync(message.Release, cancellationToken));
                    break;
                case HubMessage.BodyOneofCase.Forget:
                    await ObeyAsync(new AttemptKey { WorkflowUid = message.Forget }, () => runtime.ForgetAsync(message.Forget, cancellationToken));
                    break;
                case HubMessage.BodyOneofCase.Remove:
                    await ObeyAsync(message.Remove, () => runtime.RemoveAsync(message.Remove, cancellationToken));
                    break;
                case HubMessage.BodyOneofCase.DropClaims:
                    await ObeyAsync(new AttemptKey { WorkflowUid = message.DropClaims }, () => runtime.DropClaimsAsync(message.DropClaims, cancellationToken));
                    break;
                case HubMessage.BodyOneofCase.SendLog: // the link's own affair
                case HubMessage.BodyOneofCase.None:
                    // A newer hub says something this agent does not know; fields are only ever added.
                    break;
            }
        }
    }

    private async Task TellAsync(CancellationToken cancellationToken)
    {
        await _welcomed.Task.WaitAsync(cancellationToken);
        while (true)
        {
            await link.SendAsync(await outbox.TakeAsync(cancellationToken), cancellationToken);
        }
    }

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        await _welcomed.Task.WaitAsync(cancellationToken);
        while (true)
        {
            outbox.Beat(new Heartbeat { Sent = Timestamp.FromDateTimeOffset(time.GetUtcNow()), Running = (uint)runtime.RunningPods });
            await Task.Delay(Jitter.About(options.HeartbeatInterval), time, cancellationToken);
        }
    }

    private async Task SayCapacityAsync(CancellationToken cancellationToken)
    {
        await _welcomed.Task.WaitAsync(cancellationToken);
        Capacity? told = null;
        while (true)
        {
            if (capacity() is { } now && !now.Equals(told))
            {
                told = now.Clone();
                outbox.Tell(now);
            }

            await Task.Delay(options.CapacityInterval, time, cancellationToken);
        }
    }

    /// <summary>One order that cannot be carried out must not cost the session; the hub repeats what it does not see happen.</summary>
    private async Task ObeyAsync(AttemptKey key, Func<Task> order)
    {
        try
        {
            await order();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            logger.OrderFailed(options.Cluster, key.Workflow, key.NodeId, e);
        }
    }
}
