namespace Grpc.Core;

/// <summary>Messages as they arrive. One reader at a time; not reading slows the sender down.</summary>
/// <typeparam name="T">The messages.</typeparam>
public interface IAsyncStreamReader<out T>
{
    /// <summary>The message that the last <see cref="MoveNext"/> has brought.</summary>
    T Current { get; }

    /// <summary>Waits for a message; false once the other side has sent its last. On a client, the token cancels the whole call.</summary>
    Task<bool> MoveNext(CancellationToken cancellationToken);
}

/// <summary>Takes messages to send.</summary>
/// <typeparam name="T">The messages.</typeparam>
public interface IAsyncStreamWriter<in T>
{
    /// <summary>For the messages that follow; none means those of the call.</summary>
    WriteOptions? WriteOptions { get; set; }

    /// <summary>Sends a message; waits while the other side does not read. One write at a time.</summary>
    Task WriteAsync(T message);

    /// <summary>Sends a message. On a client, the token cancels the whole call.</summary>
    Task WriteAsync(T message, CancellationToken cancellationToken) => cancellationToken.CanBeCanceled
        ? throw new NotSupportedException("Cancellation of stream writes is not supported by this gRPC implementation.")
        : WriteAsync(message);
}

/// <summary>The requests of a call.</summary>
/// <typeparam name="T">The messages.</typeparam>
public interface IClientStreamWriter<in T> : IAsyncStreamWriter<T>
{
    /// <summary>Says that no more requests follow. Needed once, also after none.</summary>
    Task CompleteAsync();
}

/// <summary>The responses of a call; they end when the handler returns.</summary>
/// <typeparam name="T">The messages.</typeparam>
public interface IServerStreamWriter<in T> : IAsyncStreamWriter<T>;
