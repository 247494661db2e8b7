using System.IO.Compression;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Argosy.ControlPlane.Resources.Endpoints;

/// <summary>Writes answers, and turns every failure into a Status object.</summary>
internal static class ApiAnswers
{
    public const string JsonType = "application/json";

    /// <summary>Smaller answers are not worth compressing.</summary>
    private const int SmallestCompressedBytes = 128 * 1024;

    public static Task WriteAsync(HttpContext http, JsonNode answer, int code = StatusCodes.Status200OK) =>
        WriteAsync(http, ObjectJson.Write(answer), code);

    public static async Task WriteAsync(
        HttpContext http, ReadOnlyMemory<byte> utf8, int code = StatusCodes.Status200OK, string contentType = JsonType)
    {
        http.Response.StatusCode = code;
        http.Response.ContentType = contentType;
        if (utf8.Length < SmallestCompressedBytes || !AcceptsGzip(http))
        {
            http.Response.ContentLength = utf8.Length;
            await http.Response.Body.WriteAsync(utf8, http.RequestAborted);
            return;
        }

        http.Response.Headers.ContentEncoding = "gzip";
        http.Response.Headers.Append("Vary", "Accept-Encoding");
        await using var gzip = new GZipStream(http.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
        await gzip.WriteAsync(utf8, http.RequestAborted);
    }

    public static Task WriteAsync(HttpContext http, ApiException refusal)
    {
        if (refusal.Code == StatusCodes.Status413PayloadTooLarge)
        {
            // What is left of the body is not read, so the connection cannot be used again.
            http.Response.Headers.Connection = "close";
        }

        return WriteAsync(http, StatusObject.Of(refusal), refusal.Code);
    }

    /// <summary>Runs a handler; whatever it throws becomes a Status object, if the answer has not begun.</summary>
    public static async Task GuardAsync(HttpContext http, ILogger logger, Func<Task> handle)
    {
        try
        {
            await handle();
        }
        catch (ApiException refusal) when (!http.Response.HasStarted)
        {
            await WriteAsync(http, refusal);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client is gone; nobody reads an answer.
        }
        catch (Exception failure) when (!http.Response.HasStarted)
        {
            ResourcesLog.RequestFailed(logger, http.Request.Method, http.Request.Path, failure);
            await WriteAsync(http, new ApiException(500, "InternalError", $"the hub failed: {failure.Message}"));
        }
    }

    private static bool AcceptsGzip(HttpContext http) =>
        http.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
}
