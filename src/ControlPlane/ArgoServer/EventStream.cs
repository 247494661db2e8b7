using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Argosy.ControlPlane.ArgoServer;

/// <summary>
/// Results as they come: server-sent events for a browser (<c>Accept: text/event-stream</c>), else one JSON object per line. The headers go
/// out before the first result, so that a client knows the stream is open; an error after that is the stream's last element.
/// </summary>
internal sealed class EventStream(IAsyncEnumerable<JsonNode> results) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var forBrowser = httpContext.Request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase);
        var response = httpContext.Response;
        response.ContentType = forBrowser ? "text/event-stream" : "application/json";
        response.Headers.CacheControl = "no-cache";
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await response.StartAsync(httpContext.RequestAborted);
        await response.Body.FlushAsync(httpContext.RequestAborted);
        try
        {
            await foreach (var result in results.WithCancellation(httpContext.RequestAborted))
            {
                await SendAsync(response, new JsonObject { ["result"] = result }, forBrowser);
            }
        }
        catch (OperationCanceledException)
        {
            // The client has hung up, or the hub is closing: either way nobody listens.
        }
        catch (Exception exception)
        {
            await SendAsync(response, ArgoError.Of(exception).ToStreamJson(), forBrowser);
        }
    }

    private static async Task SendAsync(HttpResponse response, JsonObject element, bool forBrowser)
    {
        if (forBrowser)
        {
            await response.Body.WriteAsync("data: "u8.ToArray());
        }

        await response.Body.WriteAsync(JsonAnswer.Encode(element));
        await response.Body.WriteAsync(forBrowser ? "\n\n"u8.ToArray() : "\n"u8.ToArray());
        await response.Body.FlushAsync();
    }
}
