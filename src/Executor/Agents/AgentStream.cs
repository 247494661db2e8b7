using Argosy.Packing;

namespace Argosy.Executor.Agents;

/// <summary>
/// Reads an answer of the agent. Every failure of the connection, silence included, comes out as <see cref="AgentUnavailableException"/>,
/// so that it is never taken for one of this machine's disk.
/// </summary>
internal sealed class AgentStream(Stream answer, TimeProvider time, MovedBytes moved) : ReadOnlyStream
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(2);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var patience = new CancellationTokenSource(LongestSilence, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            return Count(await answer.ReadAsync(buffer, either.Token));
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw new AgentUnavailableException($"the agent's answer stopped for {LongestSilence.TotalMinutes:0} minutes");
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException or ObjectDisposedException)
        {
            throw new AgentUnavailableException($"the agent's answer broke off: {failure.Message}", failure);
        }
    }

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return Count(answer.Read(buffer));
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException or ObjectDisposedException)
        {
            throw new AgentUnavailableException($"the agent's answer broke off: {failure.Message}", failure);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            answer.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Count(int read)
    {
        if (read > 0)
        {
            moved.Some();
        }

        return read;
    }
}
