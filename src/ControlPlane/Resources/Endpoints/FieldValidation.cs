using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;
using Microsoft.AspNetCore.Http;

namespace Argosy.ControlPlane.Resources.Endpoints;

/// <summary>Checks what users send against the schema of the kind, as strictly as they ask for.</summary>
internal static class FieldValidation
{
    private const string UnknownField = "unknown field ";

    /// <exception cref="ApiException">
    /// 400 under Strict: fields that the schema does not know. 422 always: values of a wrong type.
    /// </exception>
    public static void Check(ApiRequest request, JsonObject manifest)
    {
        var kind = request.Kind;
        if (SchemaCatalog.Default.Find(kind.Group, kind.Version, kind.Kind) is not { } type)
        {
            return;
        }

        var errors = StrictCheck.Check(type, manifest);
        var unknown = errors.Where(error => error.Message.StartsWith(UnknownField, StringComparison.Ordinal)).ToList();
        switch (request.Query("fieldValidation"))
        {
            case "Strict" when unknown.Count > 0:
                throw ApiErrors.BadRequest(
                    $"{kind.Kind} in version \"{kind.Version}\" cannot be handled as a {kind.Kind}: strict decoding error: "
                    + string.Join(", ", unknown.Select(error => error.Message)));
            case null or "Warn":
                foreach (var error in unknown)
                {
                    Warn(request.Http, error.Message);
                }

                break;
            case "Strict" or "Ignore":
                break;
            case var other:
                throw ApiErrors.BadRequest($"fieldValidation: Unsupported value: \"{other}\": supported values: \"Ignore\", \"Strict\", \"Warn\"");
        }

        var causes = errors.Except(unknown).Concat(LenientCheck.Check(type, manifest)).Distinct()
            .Select(error => (error.Path, error.Message)).ToList();
        if (causes.Count > 0)
        {
            throw ApiErrors.Invalid(kind, manifest.MetadataText("name") ?? manifest.MetadataText("generateName") ?? "", causes);
        }
    }

    private static void Warn(HttpContext http, string message)
    {
        var text = new string([.. message.Where(letter => letter is >= ' ' and < (char)127)]);
        http.Response.Headers.Append(
            "Warning", $"299 - \"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
    }
}
