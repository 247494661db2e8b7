using System.Threading.Channels;
using Argosy.Engine.Events;
using Microsoft.Extensions.Hosting;

namespace Argosy.ControlPlane.Events;

/// <summary>Events that wait for their bindings to be looked at: few at a time, and not many may wait, as in Argo Server.</summary>
internal sealed class EventQueue(EventDispatch dispatch) : BackgroundService
{
    private const int Workers = 4;
    private const int Capacity = 16;

    private readonly Channel<Waiting> queue = Channel.CreateBounded<Waiting>(Capacity);

    private sealed record Waiting(OutsideEvent Happened, TaskCompletionSource Done);

    /// <summary>Takes an event; the task completes when every binding was looked at. Null when too many wait already.</summary>
    public Task? TryAdd(OutsideEvent happened)
    {
        var waiting = new Waiting(happened, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        return queue.Writer.TryWrite(waiting) ? waiting.Done.Task : null;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => WorkAsync(stoppingToken)));

    private async Task WorkAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var waiting in queue.Reader.ReadAllAsync(stoppingToken))
            {
                await ServeAsync(waiting, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The hub is stopping: whoever sent an event that still waits gets no answer, and sends it again.
        }
    }

    private async Task ServeAsync(Waiting waiting, CancellationToken stoppingToken)
    {
        try
        {
            await dispatch.DispatchAsync(waiting.Happened, stoppingToken);
            waiting.Done.TrySetResult();
        }
        catch (Exception failure)
        {
            waiting.Done.TrySetException(failure); // its sender is told, and the worker takes the next one
        }
    }
}
