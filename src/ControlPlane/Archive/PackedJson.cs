using System.IO.Compression;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;

namespace Argosy.ControlPlane.Archive;

/// <summary>JSON as it rests in the archive: gzip over UTF-8.</summary>
internal static class PackedJson
{
    public static byte[] Pack(JsonObject value)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest))
        {
            gzip.Write(ObjectJson.Write(value));
        }

        return target.ToArray();
    }

    public static JsonObject Unpack(byte[] packed)
    {
        using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        return (JsonObject)JsonNode.Parse(gzip)!;
    }
}
