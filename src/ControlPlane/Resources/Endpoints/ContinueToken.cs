using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources.Caching;

namespace Argosy.ControlPlane.Resources.Endpoints;

/// <summary>Where the next page of a list begins, and at which version of the hub the list was begun.</summary>
internal sealed record ContinueToken(long Version, ObjectName After)
{
    public override string ToString() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(
        new JsonObject { ["rv"] = Version, ["namespace"] = After.Namespace, ["name"] = After.Name }.ToJsonString()));

    /// <exception cref="ApiException">The text is no token of this hub.</exception>
    public static ContinueToken Parse(string text)
    {
        try
        {
            var token = JsonNode.Parse(Base64Url.DecodeFromChars(text))!;
            return new ContinueToken(
                token["rv"]!.GetValue<long>(), new ObjectName(token["namespace"]!.GetValue<string>(), token["name"]!.GetValue<string>()));
        }
        catch (Exception malformed) when (malformed is FormatException or JsonException or NullReferenceException or InvalidOperationException)
        {
            throw ApiErrors.BadRequest("continue key is not valid: it was not issued by this hub");
        }
    }
}
