using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>The responses of a call. Writing waits while the client does not read.</summary>
internal sealed class ServerStreamWriter<TResponse>(ServerCall call, Marshaller<TResponse> marshaller) : IServerStreamWriter<TResponse>
    where TResponse : class
{
    private int writing;

    public WriteOptions? WriteOptions
    {
        get => call.WriteOptions;
        set => call.WriteOptions = value;
    }

    public Task WriteAsync(TResponse message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(TResponse message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        cancellationToken.ThrowIfCancellationRequested();
        if (Interlocked.Exchange(ref writing, 1) == 1)
        {
            throw new InvalidOperationException("Can't write the message because the previous write is in progress.");
        }

        try
        {
            call.Write(message, marshaller);
            if (WriteOptions?.Flushes ?? true)
            {
                await call.FlushAsync(cancellationToken);
            }
        }
        finally
        {
            Volatile.Write(ref writing, 0);
        }
    }
}
