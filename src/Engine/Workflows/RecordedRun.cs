using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>
/// What a Workflow object that comes with a status says of the life it had elsewhere: in another hub, in upstream's controller, or before it
/// was resubmitted.
/// </summary>
public sealed class RecordedRun
{
    private const string Compressed = "compressedNodes";
    private const string Offloaded = "offloadNodeStatusVersion";

    // A status is megabytes at most; what unpacks to more was made to do harm.
    private const int LargestStatus = 256 << 20;

    private RecordedRun(JsonObject status, JsonObject nodes)
    {
        Status = status;
        Nodes = nodes;
    }

    /// <summary>The status without its nodes.</summary>
    public JsonObject Status { get; }

    /// <summary>Nodes by id.</summary>
    public JsonObject Nodes { get; }

    /// <summary>Whether the manifest tells of a life that has begun.</summary>
    public static bool IsIn(JsonObject manifest) => manifest.Object("status") is { } status
        && (status.Object("nodes") is { Count: > 0 } || status.Text("phase") is { Length: > 0 }
            || status.Text(Compressed) is { Length: > 0 } || status.Text(Offloaded) is { Length: > 0 });

    /// <exception cref="FormatException">The nodes are packed in a way that cannot be read here; the message says which.</exception>
    public static RecordedRun Read(JsonObject status)
    {
        var rest = (JsonObject)status.DeepClone();
        var nodes = rest.Object("nodes") ?? [];
        rest.Remove("nodes");
        if (rest.Text(Compressed) is { Length: > 0 } packed)
        {
            nodes = Unpack(packed);
        }
        else if (nodes.Count == 0 && rest.Text(Offloaded) is { Length: > 0 } version)
        {
            throw new FormatException($"status.offloadNodeStatusVersion {version}: the nodes are in a database of another controller; export the workflow with its nodes");
        }

        rest.Remove(Compressed);
        rest.Remove(Offloaded);
        return new RecordedRun(rest, nodes);
    }

    private static JsonObject Unpack(string packed)
    {
        var bytes = new byte[packed.Length];
        if (!Convert.TryFromBase64String(packed, bytes, out var length))
        {
            throw new FormatException("status.compressedNodes cannot be unpacked: it is not base64");
        }

        bytes = bytes[..length];
        try
        {
            if (bytes is [0x28, 0xB5, 0x2F, 0xFD, ..])
            {
                throw new FormatException("status.compressedNodes is compressed with zstd, which this hub does not read; export the workflow with its nodes");
            }

            using var source = new MemoryStream(bytes);
            using Stream unpacking = bytes is [0x1F, 0x8B, ..]
                ? new GZipStream(source, CompressionMode.Decompress)
                : new BrotliStream(source, CompressionMode.Decompress);
            return JsonNode.Parse(ReadAll(unpacking)) as JsonObject ?? throw new FormatException("status.compressedNodes holds no JSON object");
        }
        catch (Exception broken) when (broken is JsonException or InvalidDataException or InvalidOperationException)
        {
            throw new FormatException($"status.compressedNodes cannot be unpacked: {broken.Message}", broken);
        }
    }

    private static byte[] ReadAll(Stream unpacking)
    {
        using var target = new MemoryStream();
        var buffer = new byte[81920];
        while (unpacking.Read(buffer) is > 0 and var count)
        {
            if (target.Length + count > LargestStatus)
            {
                throw new FormatException($"status.compressedNodes unpacks to more than {LargestStatus >> 20} MiB");
            }

            target.Write(buffer, 0, count);
        }

        return target.ToArray();
    }
}

/// <summary>One node as it was recorded: read once, and kept so that what this program does not interpret is not lost.</summary>
internal sealed record RecordedNode(JsonObject Json)
{
    public NodePhase Phase { get; } = Enum.TryParse<NodePhase>(Json.Text("phase"), out var phase) ? phase : NodePhase.Pending;

    public string? Message { get; } = Json.Text("message") is { Length: > 0 } message ? message : null;

    public DateTimeOffset? StartedAt { get; } = Time(Json, "startedAt");

    public DateTimeOffset? FinishedAt { get; } = Time(Json, "finishedAt");

    public NodeInputs Inputs { get; } = Json.Object("inputs") is { } inputs ? new NodeInputs(Parameters(inputs), Artifacts(inputs)) : NodeInputs.None;

    public NodeOutputs Outputs { get; } = Json.Object("outputs") is { } outputs
        ? new NodeOutputs { Parameters = Parameters(outputs), Artifacts = Artifacts(outputs), Result = outputs.Text("result"), ExitCode = outputs.Text("exitCode") }
        : NodeOutputs.None;

    public string TemplateName { get; } = Json.Object("templateRef").Text("template") ?? Json.Text("templateName") ?? "";

    public IReadOnlyList<string> Children { get; } = Json.Texts("children");

    /// <summary>Whether the node is still what was recorded of it.</summary>
    public bool IsCurrent(Node node) => node.Phase == Phase && node.Message == Message && node.Attempt == 0 && ReferenceEquals(node.Outputs, Outputs)
        && ReferenceEquals(node.Inputs, Inputs) && node.StartedAt == (StartedAt ?? default) && node.FinishedAt == FinishedAt;

    public static DateTimeOffset? Time(JsonObject json, string field) =>
        DateTimeOffset.TryParse(json.Text(field), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    /// <summary>Parameters that have a value; one that is still to be supplied has none.</summary>
    public static IReadOnlyList<ParameterValue> Parameters(JsonObject json) =>
    [
        .. json.Objects("parameters").Where(parameter => parameter["value"] is not null)
            .Select(parameter => new ParameterValue(parameter.Text("name") ?? "", parameter.Text("value") ?? parameter["value"]!.ToJsonString())),
    ];

    public static IReadOnlyList<ArtifactValue> Artifacts(JsonObject json) =>
        [.. json.Objects("artifacts").Select(artifact => new ArtifactValue(artifact.Text("name") ?? "", (JsonObject)artifact.DeepClone()))];
}
