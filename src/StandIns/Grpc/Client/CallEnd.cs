using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>How a call ended, seen from its client.</summary>
internal sealed record CallEnd(Status Status, Metadata Trailers)
{
    public bool IsOk => Status.StatusCode == StatusCode.OK;

    public RpcException ToException() => new(Status, Trailers);
}
