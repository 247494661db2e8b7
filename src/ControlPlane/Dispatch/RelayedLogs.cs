using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Argosy.Contracts.Agents;

namespace Argosy.ControlPlane.Dispatch;

/// <summary>The logs of a remote agent's cluster, for as long as its session lives.</summary>
internal sealed class RelayedLogs(LogRelay relay, string cluster, TimeProvider time) : IAgentServices, IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource<AgentSession> session = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<LogDelivery, byte> deliveries = new();
    private bool ended;

    /// <summary>Orders can be sent from now on.</summary>
    public void Begin(AgentSession opened) => session.TrySetResult(opened);

    public async IAsyncEnumerable<LogLine> ReadLogAsync(LogRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var delivery = relay.Open(cluster);
        deliveries[delivery] = 0;
        try
        {
            await OrderAsync(delivery, request, cancellationToken);
            await foreach (var lines in delivery.ReadAsync(cancellationToken))
            {
                foreach (var line in lines)
                {
                    yield return line;
                }
            }
        }
        finally
        {
            deliveries.TryRemove(delivery, out _);
        }
    }

    /// <summary>The session is over: whoever reads hears of it.</summary>
    public void Dispose()
    {
        Volatile.Write(ref ended, true);
        session.TrySetException(LogRelay.Broken(cluster, "whose agent disconnected"));
        _ = session.Task.Exception;
        foreach (var delivery in deliveries.Keys)
        {
            delivery.Break("whose agent disconnected");
        }
    }

    private async Task OrderAsync(LogDelivery delivery, LogRequest request, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref ended))
        {
            delivery.Break("whose agent disconnected");
        }

        try
        {
            var agent = await session.Task.WaitAsync(LongestWait, time, cancellationToken);
            await agent.SendAsync(new HubMessage { SendLog = new LogOrder { Number = delivery.Number, Request = request } });
            await delivery.Begun.WaitAsync(LongestWait, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw LogRelay.Broken(cluster, $"whose agent has not answered for {LongestWait.TotalSeconds} s");
        }
    }
}
