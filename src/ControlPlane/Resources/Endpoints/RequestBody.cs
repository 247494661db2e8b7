using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Argosy.ControlPlane.Resources.Endpoints;

/// <summary>Reads request bodies, within bounds.</summary>
internal static class RequestBody
{
    public const string YamlType = "application/yaml";

    /// <exception cref="ApiException">413: it is larger than the limit.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext http, long limitBytes)
    {
        if (http.Request.ContentLength > limitBytes)
        {
            throw ApiErrors.TooLarge(limitBytes);
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null; // the count below is the limit
        }

        using var body = new MemoryStream((int)(http.Request.ContentLength ?? 4096));
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0)
        {
            if (body.Length + read > limitBytes)
            {
                throw ApiErrors.TooLarge(limitBytes);
            }

            body.Write(buffer, 0, read);
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    /// <summary>The object that the body holds, in JSON or YAML; null when the body is empty.</summary>
    /// <exception cref="ApiException">It holds no object, or speaks a format that is not understood.</exception>
    public static async Task<JsonObject?> ReadObjectAsync(HttpContext http, long limitBytes)
    {
        var body = await ReadAsync(http, limitBytes);
        if (body.IsEmpty)
        {
            return null;
        }

        return MediaType(http) switch
        {
            YamlType => ParseYaml(body),
            ProtobufBody.MediaType => ProtobufBody.Parse(body),
            "" or "*/*" or ApiAnswers.JsonType => ParseJson(body) as JsonObject ?? throw ApiErrors.BadRequest("the body must be a JSON object"),
            var other => throw ApiErrors.UnsupportedMediaType(
                $"the body of the request was in an unknown format ({other}) - accepted media types include: {ApiAnswers.JsonType}, {YamlType}"),
        };
    }

    public static string MediaType(HttpContext http) => http.Request.ContentType?.Split(';', 2)[0].Trim().ToLowerInvariant() ?? "";

    public static JsonNode? ParseJson(ReadOnlyMemory<byte> body)
    {
        try
        {
            return ObjectJson.ReadUntrusted(body);
        }
        catch (JsonException malformed)
        {
            throw ApiErrors.BadRequest($"the body is not valid JSON: {malformed.Message}");
        }
    }

    public static JsonObject ParseYaml(ReadOnlyMemory<byte> body)
    {
        try
        {
            return ManifestReader.Read(Encoding.UTF8.GetString(body.Span)) is [var only]
                ? only.Json
                : throw ApiErrors.BadRequest("the body must hold exactly one YAML document");
        }
        catch (ManifestException malformed)
        {
            throw ApiErrors.BadRequest($"the body is not valid YAML: {malformed.Message}");
        }
    }
}
