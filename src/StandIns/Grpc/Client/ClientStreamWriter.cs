using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>The requests of a call. Writing waits while the server does not read.</summary>
internal sealed class ClientStreamWriter<TRequest, TResponse>(ClientCall<TRequest, TResponse> call, RequestStreamContent requests)
    : IClientStreamWriter<TRequest>
    where TRequest : class
    where TResponse : class
{
    private readonly Lock gate = new();
    private bool writing;
    private bool completed;

    public WriteOptions? WriteOptions { get; set; } = call.Options.WriteOptions;

    public Task WriteAsync(TRequest message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(TRequest message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        using var registration = cancellationToken.UnsafeRegister(static call => ((ClientCall<TRequest, TResponse>)call!).Cancel(), call);
        Begin();
        try
        {
            await SendAsync(message).ConfigureAwait(false);
        }
        finally
        {
            lock (gate)
            {
                writing = false;
            }
        }
    }

    public Task CompleteAsync()
    {
        lock (gate)
        {
            if (writing)
            {
                throw new InvalidOperationException("Can't complete the client stream writer because the previous write is in progress.");
            }

            completed = true;
        }

        requests.Complete();
        return Task.CompletedTask;
    }

    private void Begin()
    {
        lock (gate)
        {
            if (completed)
            {
                throw new InvalidOperationException("Request stream has already been completed.");
            }

            if (call.Ended is { } end)
            {
                throw end.ToException();
            }

            if (writing)
            {
                throw new InvalidOperationException("Can't write the message because the previous write is in progress.");
            }

            writing = true;
        }
    }

    private async Task SendAsync(TRequest message)
    {
        using var frame = call.Frame(message, WriteOptions);
        try
        {
            var stream = await requests.Opened.ConfigureAwait(false);
            await stream.WriteAsync(frame.Bytes, call.Aborted).ConfigureAwait(false);
            if (WriteOptions?.Flushes ?? true)
            {
                await stream.FlushAsync(call.Aborted).ConfigureAwait(false);
            }
        }
        catch (Exception problem)
        {
            throw await call.FailureOfWriteAsync(problem).ConfigureAwait(false);
        }

        if (call.Ended is { IsOk: false } end)
        {
            throw end.ToException();
        }
    }
}
