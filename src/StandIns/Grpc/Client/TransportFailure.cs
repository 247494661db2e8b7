using System.Net;
using System.Net.Sockets;
using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>The status of a call whose transport failed before the server could say how it ended.</summary>
internal static class TransportFailure
{
    public static Status StatusOf(Exception problem)
    {
        if (problem is RpcException broken)
        {
            return broken.Status;
        }

        return new Status(CodeOf(problem), $"{problem.GetType().Name}: {problem.Message}", problem);
    }

    /// <summary>An answer of something that does not speak gRPC: a proxy, a login page, a web server.</summary>
    public static StatusCode CodeOf(HttpStatusCode answer) => answer switch
    {
        HttpStatusCode.BadRequest or HttpStatusCode.RequestHeaderFieldsTooLarge => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout =>
            StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };

    private static StatusCode CodeOf(Exception problem)
    {
        var lost = false;
        for (Exception? cause = problem; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case SocketException or TimeoutException or HttpRequestException
                {
                    HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                    or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError
                }:
                    return StatusCode.Unavailable;
                case HttpProtocolException reset:
                    return CodeOf(reset.ErrorCode);
                case IOException:
                    lost = true;
                    break;
                case OperationCanceledException when cause.InnerException is null:
                    return StatusCode.Cancelled;
            }
        }

        return lost ? StatusCode.Unavailable : StatusCode.Internal;
    }

    // The error codes of HTTP/2 (RFC 9113 §7), as the gRPC protocol maps them for streams. HttpClient also reports the end of a whole
    // connection by such a code: NO_ERROR when the server goes away, PROTOCOL_ERROR when it does not answer a keepalive.
    private static StatusCode CodeOf(long reset) => reset switch
    {
        0x0 or 0x1 => StatusCode.Unavailable,
        0x7 => StatusCode.Unavailable, // REFUSED_STREAM: nothing was done
        0x8 => StatusCode.Cancelled, // CANCEL
        0xb => StatusCode.ResourceExhausted, // ENHANCE_YOUR_CALM
        0xc => StatusCode.PermissionDenied, // INADEQUATE_SECURITY
        _ => StatusCode.Internal,
    };
}
