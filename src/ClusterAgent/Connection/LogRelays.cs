using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Argosy.Contracts.Agents;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Argosy.ClusterAgent.Connection;

/// <summary>
/// Answers the hub's orders for logs, each with a call of its own, at the pace at which the hub reads. An answer ends with the log, when the hub
/// ends the call because nobody reads any more, and with the session.
/// </summary>
internal sealed class LogRelays(AgentLink.AgentLinkClient hub, IAgentServices services, ILogger logger) : IAsyncDisposable
{
    private const int MostPartCharacters = 64 * 1024;

    private readonly CancellationTokenSource _life = new();
    private readonly ConcurrentDictionary<LogOrder, Task> _running = new(ReferenceEqualityComparer.Instance);

    public void Begin(LogOrder order)
    {
        var answered = new TaskCompletionSource();
        _running[order] = answered.Task;
        _ = Task.Run(async () =>
        {
            await AnswerAsync(order);
            _running.TryRemove(order, out _);
            answered.SetResult();
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _life.CancelAsync();
        await Task.WhenAll(_running.Values);
        _life.Dispose();
    }

    private async Task AnswerAsync(LogOrder order)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(_life.Token);
        Task nobodyReads = Task.CompletedTask;
        try
        {
            using var call = hub.SendLog(cancellationToken: ends.Token);
            nobodyReads = CancelAfterAsync(call.ResponseAsync, ends);
            await SendAsync(order, call.RequestStream, ends);
            await call.RequestStream.CompleteAsync();
            await call.ResponseAsync;
        }
        catch (Exception) when (ends.IsCancellationRequested)
        {
            // The hub, or the session, has ended it.
        }
        catch (Exception failure)
        {
            logger.LogBrokeOff(order.Request.Key.Workflow, order.Request.Key.NodeId, HubFailure.Words(failure));
        }

        await nobodyReads;
    }

    private async Task SendAsync(LogOrder order, IClientStreamWriter<LogPart> hub, CancellationTokenSource ends)
    {
        await hub.WriteAsync(new LogPart { Number = order.Number }, ends.Token);
        await foreach (var part in PartsOf(services.ReadLogAsync(order.Request, ends.Token)))
        {
            try
            {
                await hub.WriteAsync(part, ends.Token);
            }
            catch
            {
                await ends.CancelAsync(); // the log must not wait for its next line
                throw;
            }
        }
    }

    private static async Task CancelAfterAsync(Task<LogReceipt> receipt, CancellationTokenSource ends)
    {
        await ((Task)receipt).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ends.CancelAsync();
    }

    /// <summary>Lines that are there travel together; none waits for the next.</summary>
    private static async IAsyncEnumerable<LogPart> PartsOf(
        IAsyncEnumerable<LogLine> lines, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var line = lines.GetAsyncEnumerator(cancellationToken);
        var part = new LogPart();
        var characters = 0;
        while (true)
        {
            var next = line.MoveNextAsync().AsTask();
            try
            {
                if (part.Lines.Count > 0 && (!next.IsCompleted || characters >= MostPartCharacters))
                {
                    yield return part;
                    (part, characters) = (new LogPart(), 0);
                }
            }
            finally
            {
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // an iterator must not be left while it moves
            }

            if (!await next)
            {
                break;
            }

            part.Lines.Add(line.Current);
            characters += line.Current.Text.Length;
        }

        if (part.Lines.Count > 0)
        {
            yield return part;
        }
    }
}
