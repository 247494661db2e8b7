namespace Grpc.Wire;

/// <summary>The headers that the protocol itself uses. They are never metadata.</summary>
internal static class GrpcHeaderNames
{
    public const string AcceptEncoding = "grpc-accept-encoding";
    public const string Encoding = "grpc-encoding";
    public const string Message = "grpc-message";
    public const string Status = "grpc-status";
    public const string Timeout = "grpc-timeout";

    /// <summary>In metadata given by a caller or handler: which compression to use for this call. Not sent.</summary>
    public const string EncodingRequest = "grpc-internal-encoding-request";

    private static readonly HashSet<string> Protocol = new(StringComparer.OrdinalIgnoreCase)
    {
        AcceptEncoding, Encoding, Message, Status, Timeout, EncodingRequest, "accept-encoding", "content-type", "host", "te", "trailer",
    };

    public static bool IsMetadata(string name) => !name.StartsWith(':') && !Protocol.Contains(name);
}
