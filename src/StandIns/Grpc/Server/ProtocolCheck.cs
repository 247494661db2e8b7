using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Grpc.AspNetCore.Server;

/// <summary>Turns away requests that are not gRPC over HTTP/2, in words that both an HTTP and a gRPC client understand.</summary>
internal static class ProtocolCheck
{
    public static async ValueTask<bool> PassesAsync(HttpContext http)
    {
        if (!GrpcContentType.Matches(http.Request.ContentType))
        {
            await RefuseAsync(
                http, StatusCodes.Status415UnsupportedMediaType, $"Content-Type '{http.Request.ContentType}' is not supported.");
            return false;
        }

        if (!HttpProtocol.IsHttp2(http.Request.Protocol) && !HttpProtocol.IsHttp3(http.Request.Protocol))
        {
            http.Response.Headers[HeaderNames.Upgrade] = "HTTP/2";
            await RefuseAsync(http, StatusCodes.Status426UpgradeRequired, $"Request protocol '{http.Request.Protocol}' is not supported.");
            return false;
        }

        return true;
    }

    private static Task RefuseAsync(HttpContext http, int answer, string detail)
    {
        http.Response.StatusCode = answer;
        http.Response.Headers[GrpcHeaderNames.Status] = StatusHeaders.Number(StatusCode.Internal);
        http.Response.Headers[GrpcHeaderNames.Message] = PercentEncoding.Encode(detail);
        return http.Response.CompleteAsync();
    }
}
