using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Argosy.Engine.Workflows;

/// <summary>Facts as the journal keeps them: UTF-8 JSON, one array a batch.</summary>
public static class FactCodec
{
    public static byte[] Encode(IReadOnlyList<WorkflowFact> facts) => JsonSerializer.SerializeToUtf8Bytes(facts, FactJson.Default.IReadOnlyListWorkflowFact);

    /// <exception cref="JsonException">The bytes are no facts, or are of a newer program.</exception>
    public static IReadOnlyList<WorkflowFact> Decode(ReadOnlySpan<byte> batch) =>
        JsonSerializer.Deserialize(batch, FactJson.Default.IReadOnlyListWorkflowFact) ?? [];
}

[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = false)]
[JsonSerializable(typeof(IReadOnlyList<WorkflowFact>))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class FactJson : JsonSerializerContext;
