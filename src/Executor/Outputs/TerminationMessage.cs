using System.Text.Json.Serialization;

namespace Argosy.Executor.Outputs;

/// <summary>
/// What a container leaves for the agent, which sees it with the container's end: one line of JSON. Where its outputs are stored is not
/// in it: that was decided before the step began, and is no matter of the step's.
/// </summary>
internal sealed record TerminationMessage
{
    [JsonPropertyName("v")]
    public int Version { get; init; } = 1;

    /// <summary>What went wrong around the command.</summary>
    public string? Error { get; init; }

    /// <summary>The command was never started, as a container failed on which this one depends.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Skipped { get; init; }

    public string? Result { get; init; }

    public IReadOnlyDictionary<string, string>? Parameters { get; init; }

    public IReadOnlyList<ArtifactMessage>? Artifacts { get; init; }

    /// <summary>The last progress the step wrote, <c>N/M</c>.</summary>
    public string? Progress { get; init; }

    /// <summary>All of this was too long; the agent holds it.</summary>
    public OverflowMessage? Overflow { get; init; }
}

/// <param name="Digest">sha256 of the stored bytes; null for a folder that was stored file by file.</param>
internal sealed record ArtifactMessage(string Name, string? Digest, long Size);

internal sealed record OverflowMessage(string Digest, long Size);
