using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

internal static partial class ServerCallLog
{
    [LoggerMessage(1, LogLevel.Error, "Error when executing service method '{Method}'.")]
    public static partial void HandlerFailed(this ILogger log, string method, Exception problem);

    [LoggerMessage(2, LogLevel.Debug, "Call of '{Method}' ended as {Status}.")]
    public static partial void CallRefused(this ILogger log, string method, StatusCode status, Exception problem);

    [LoggerMessage(3, LogLevel.Debug, "Call of '{Method}' has passed its deadline.")]
    public static partial void DeadlinePassed(this ILogger log, string method);

    [LoggerMessage(4, LogLevel.Debug, "Call of '{Method}' ended after its client was gone.")]
    public static partial void ClientGone(this ILogger log, string method, Exception problem);
}
