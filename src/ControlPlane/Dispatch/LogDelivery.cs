using System.Threading.Channels;
using Argosy.Contracts.Agents;
using Grpc.Core;

namespace Argosy.ControlPlane.Dispatch;

/// <summary>One log on its way from an agent to its reader. Disposed by the reader: then the agent is told to stop.</summary>
internal sealed class LogDelivery(ulong number, string cluster, Action<LogDelivery> closed) : IDisposable
{
    /// <summary>Messages that wait for the reader; what follows waits with the agent.</summary>
    private const int MostWaiting = 4;

    private readonly Channel<IReadOnlyList<LogLine>> lines = Channel.CreateBounded<IReadOnlyList<LogLine>>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true });

    private readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource readerGone = new();

    public ulong Number { get; } = number;

    public string Cluster { get; } = cluster;

    /// <summary>The agent has begun to answer; fails when the log will not come.</summary>
    public Task Begun => begun.Task;

    public IAsyncEnumerable<IReadOnlyList<LogLine>> ReadAsync(CancellationToken cancellationToken) => lines.Reader.ReadAllAsync(cancellationToken);

    /// <summary>True for the first answer: an order is answered once.</summary>
    public bool TryBegin() => begun.TrySetResult();

    /// <summary>Passes on what the agent sends; returns when that ends, or the reader is gone.</summary>
    public async Task TakeAsync(IAsyncStreamReader<LogPart> parts, CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, readerGone.Token);
        try
        {
            do
            {
                if (parts.Current.Lines.Count > 0)
                {
                    await lines.Writer.WriteAsync(parts.Current.Lines, both.Token);
                }
            }
            while (await parts.MoveNext(both.Token));
            lines.Writer.TryComplete();
        }
        catch (Exception) when (readerGone.IsCancellationRequested)
        {
            // Nobody reads any more; returning tells the agent.
        }
        catch
        {
            Break("whose agent broke off");
            throw;
        }
    }

    /// <summary>The log will not come, or not go on.</summary>
    public void Break(string why)
    {
        var told = LogRelay.Broken(Cluster, why);
        if (begun.TrySetException(told))
        {
            _ = begun.Task.Exception; // the reader may have left without looking
        }

        lines.Writer.TryComplete(told);
    }

    public void Dispose()
    {
        closed(this);
        readerGone.Cancel(); // not disposed: the agent's call may link to it at this moment
    }
}
