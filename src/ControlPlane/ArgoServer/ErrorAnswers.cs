using Argosy.ControlPlane.Resources;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Argosy.ControlPlane.ArgoServer;

/// <summary>The one place where a refusal becomes an answer of Argo's REST API.</summary>
internal sealed partial class ErrorAnswers(ILogger<ErrorAnswers> logger) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (OperationCanceledException) when (context.HttpContext.RequestAborted.IsCancellationRequested)
        {
            return Results.Empty;
        }
        catch (Exception exception)
        {
            if (exception is not ApiException)
            {
                LogBroken(logger, context.HttpContext.Request.Method, context.HttpContext.Request.Path, exception);
            }

            var error = ArgoError.Of(exception);
            return new JsonAnswer(error.ToJson(), error.HttpStatus);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private static partial void LogBroken(ILogger logger, string method, string path, Exception exception);
}
