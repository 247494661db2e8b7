using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Argosy.ControlPlane.Resources;

/// <summary>How objects are read from and written to JSON, everywhere in this room.</summary>
internal static class ObjectJson
{
    /// <summary>Objects nested deeper are refused: no manifest needs it, and it bounds every recursive walk.</summary>
    public const int DeepestNesting = 128;

    public static readonly JsonSerializerOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = DeepestNesting + 32,
    };

    private static readonly JsonDocumentOptions DocumentOptions = new() { MaxDepth = DeepestNesting + 32 };

    private static readonly JsonDocumentOptions RequestOptions = new() { MaxDepth = DeepestNesting, AllowDuplicateProperties = false };

    private static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = DeepestNesting + 32,
        SkipValidation = true,
    };

    public static byte[] Write(JsonNode node)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, WriterOptions))
        {
            node.WriteTo(writer, Options);
        }

        return stream.ToArray();
    }

    /// <summary>Reads an object that this hub wrote.</summary>
    public static JsonObject Read(ReadOnlyMemory<byte> utf8) => JsonNode.Parse(utf8.Span, null, DocumentOptions)!.AsObject();

    /// <summary>Reads JSON from outside: bounded nesting, no field twice.</summary>
    /// <exception cref="JsonException">It is no JSON, nests too deep or names a field twice.</exception>
    public static JsonNode? ReadUntrusted(ReadOnlyMemory<byte> utf8) => JsonNode.Parse(utf8.Span, null, RequestOptions);
}
