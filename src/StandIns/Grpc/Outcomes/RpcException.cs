namespace Grpc.Core;

/// <summary>A call that did not end OK: a client receives it; a handler throws it to choose the status its caller sees.</summary>
// Only a status makes sense of it, as in the package.
#pragma warning disable CA1032
public sealed class RpcException : Exception
#pragma warning restore CA1032
{
    public RpcException(Status status)
        : this(status, new Metadata(), status.ToString())
    {
    }

    public RpcException(Status status, string message)
        : this(status, new Metadata(), message)
    {
    }

    public RpcException(Status status, Metadata trailers)
        : this(status, trailers, status.ToString())
    {
    }

    public RpcException(Status status, Metadata trailers, string message)
        : base(message, status.DebugException)
    {
        ArgumentNullException.ThrowIfNull(trailers);
        Status = status;
        Trailers = trailers;
    }

    public Status Status { get; }

    public StatusCode StatusCode => Status.StatusCode;

    /// <summary>What the server sent after its last message. On a server: sent beside the call's own trailers.</summary>
    public Metadata Trailers { get; }
}
