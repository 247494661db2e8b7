using System.Text.Json;
using System.Text.Json.Serialization;

namespace Argosy.ClusterAgent.Executors;

/// <summary>
/// What an executor left at the end of its container. It comes out of the step's own pod, so it is believed in what concerns the step
/// alone: its values, and what its artifacts contain, but not where they are.
/// </summary>
public sealed record TerminationMessage
{
    private const int Known = 1;

    [JsonPropertyName("v")]
    public int Version { get; init; }

    /// <summary>What went wrong around the command; a remark only, where the command itself failed.</summary>
    public string? Error { get; init; }

    /// <summary>The command was never started, as a container failed on which this one depends.</summary>
    public bool Skipped { get; init; }

    public string? Result { get; init; }

    public IReadOnlyDictionary<string, string>? Parameters { get; init; }

    public IReadOnlyList<ArtifactMessage>? Artifacts { get; init; }

    /// <summary>The last progress the step wrote, <c>N/M</c>.</summary>
    public string? Progress { get; init; }

    /// <summary>The outputs were too long and are with the hub: <see cref="ExecutorOutputs"/> fetches them.</summary>
    public OverflowMessage? Overflow { get; init; }

    /// <summary>Reads a container's termination message; null where it is none of an executor's, but the step's own words.</summary>
    public static TerminationMessage? Read(string? message)
    {
        if (message is null || !message.StartsWith('{'))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(message, TerminationJson.Default.TerminationMessage) is { Version: Known } read ? read : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <param name="Digest">sha256 of the stored bytes; null for a folder that was stored file by file.</param>
public sealed record ArtifactMessage(string Name, string? Digest, long Size);

public sealed record OverflowMessage(string Digest, long Size);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, MaxDepth = 8)]
[JsonSerializable(typeof(TerminationMessage))]
internal sealed partial class TerminationJson : JsonSerializerContext;
