using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources.Caching;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Argosy.ControlPlane.Resources.Endpoints;

/// <summary>The forms in which a client may ask for objects.</summary>
internal enum Representation
{
    /// <summary>As they are.</summary>
    Whole,

    /// <summary>Only their metadata.</summary>
    MetadataOnly,

    /// <summary>Rows with columns for people, as <c>kubectl get</c> prints them.</summary>
    Table,
}

internal static class Representations
{
    private const string MetaGroup = "meta.k8s.io";

    /// <summary>The first form of the Accept header that this hub knows.</summary>
    /// <exception cref="ApiException">406: it knows none of them.</exception>
    public static Representation Asked(HttpContext http)
    {
        if (!MediaTypeHeaderValue.TryParseList(http.Request.Headers.Accept, out var ranges) || ranges.Count == 0)
        {
            return Representation.Whole;
        }

        foreach (var range in ranges)
        {
            if (Of(range) is { } form)
            {
                return form;
            }
        }

        throw new ApiException(
            406, "NotAcceptable", "only the following media types are accepted: application/json, also as=Table and as=PartialObjectMetadata");
    }

    /// <summary>One object in a form other than a table.</summary>
    public static ReadOnlyMemory<byte> Render(ObjectSnapshot snapshot, Representation form) => form switch
    {
        Representation.Whole or Representation.Table => snapshot.Utf8,
        Representation.MetadataOnly => ObjectJson.Write(PartialMetadata(snapshot)),
    };

    public static JsonObject PartialMetadata(ObjectSnapshot snapshot) => new()
    {
        ["kind"] = "PartialObjectMetadata",
        ["apiVersion"] = "meta.k8s.io/v1",
        ["metadata"] = snapshot.Object["metadata"]!.DeepClone(),
    };

    private static Representation? Of(MediaTypeHeaderValue range)
    {
        var isJson = range.MediaType.Value is "application/json" or "application/*" or "*/*";
        var form = Parameter(range, "as");
        if (!isJson)
        {
            return null;
        }

        if (form is null)
        {
            return Representation.Whole;
        }

        return (Parameter(range, "g"), Parameter(range, "v"), form) switch
        {
            (MetaGroup, "v1", "Table") => Representation.Table,
            (MetaGroup, "v1", "PartialObjectMetadata" or "PartialObjectMetadataList") => Representation.MetadataOnly,
            _ => null,
        };
    }

    private static string? Parameter(MediaTypeHeaderValue range, string name) =>
        range.Parameters.FirstOrDefault(parameter => parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Value.Value;
}
