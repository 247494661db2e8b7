using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Http;

namespace Grpc.Core;

/// <summary>The HTTP request behind a call.</summary>
public static class ServerCallContextExtensions
{
    // Where a context that is not ours (a test's) may keep one, by the package's convention.
    private const string HttpContextKey = "__HttpContext";

    /// <exception cref="InvalidOperationException">The call did not come by HTTP.</exception>
    public static HttpContext GetHttpContext(this ServerCallContext serverCallContext)
    {
        ArgumentNullException.ThrowIfNull(serverCallContext);
        return serverCallContext is ServerCall call
            ? call.Http
            : serverCallContext.UserState.TryGetValue(HttpContextKey, out var http) && http is HttpContext known
                ? known
                : throw new InvalidOperationException("Could not get HttpContext from ServerCallContext.");
    }
}
