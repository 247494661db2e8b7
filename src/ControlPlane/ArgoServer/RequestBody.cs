using System.Text.Json;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;
using Microsoft.AspNetCore.Http;

namespace Argosy.ControlPlane.ArgoServer;

/// <summary>The JSON object that a client sent.</summary>
internal static class RequestBody
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Reads the body; an empty body is an empty object, as the verbs without options send it.</summary>
    /// <exception cref="ApiException">The body is not a JSON object, or nested too deeply.</exception>
    public static async Task<JsonObject> ReadObjectAsync(this HttpRequest request, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, cancellationToken);
        if (buffer.Length == 0)
        {
            return [];
        }

        try
        {
            return JsonNode.Parse(buffer.GetBuffer().AsSpan(0, (int)buffer.Length), documentOptions: Strict) as JsonObject
                ?? throw BadRequest("the body must be a JSON object");
        }
        catch (JsonException exception)
        {
            throw BadRequest($"the body is not valid JSON: {exception.Message}");
        }
    }

    /// <summary>The object that the body carries in a field, such as <c>{"workflow": {…}}</c>.</summary>
    public static async Task<JsonObject> ReadManifestAsync(this HttpRequest request, string field, CancellationToken cancellationToken)
    {
        var body = await request.ReadObjectAsync(cancellationToken);
        return body[field] is JsonObject manifest
            ? (JsonObject)manifest.DeepClone()
            : throw BadRequest($"the body has no {field}: send {{\"{field}\": {{…}}}}");
    }

    public static ApiException BadRequest(string message) => new(400, "BadRequest", message);
}
