using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Argosy.Engine.Workflows;

public sealed record ParameterValue(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("value")] string Value);

/// <summary>An artifact somewhere: its JSON is complete (name, path, location).</summary>
public sealed record ArtifactValue(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("json")] JsonObject Json);

/// <summary>What a node was given.</summary>
public sealed record NodeInputs(
    [property: JsonPropertyName("p")] IReadOnlyList<ParameterValue> Parameters,
    [property: JsonPropertyName("a")] IReadOnlyList<ArtifactValue> Artifacts)
{
    public static readonly NodeInputs None = new([], []);

    [JsonIgnore]
    public bool IsEmpty => Parameters.Count == 0 && Artifacts.Count == 0;
}

/// <summary>What a node left behind.</summary>
public sealed record NodeOutputs
{
    public static readonly NodeOutputs None = new();

    [JsonPropertyName("p")]
    public IReadOnlyList<ParameterValue> Parameters { get; init; } = [];

    [JsonPropertyName("a")]
    public IReadOnlyList<ArtifactValue> Artifacts { get; init; } = [];

    [JsonPropertyName("r")]
    public string? Result { get; init; }

    [JsonPropertyName("x")]
    public string? ExitCode { get; init; }

    [JsonIgnore]
    public bool IsEmpty => Parameters.Count == 0 && Artifacts.Count == 0 && Result is null && ExitCode is null;

    public string? Parameter(string name) => Parameters.FirstOrDefault(parameter => parameter.Name == name)?.Value;

    /// <summary>The same, with an artifact marked as deleted: its bytes are gone.</summary>
    internal NodeOutputs Without(string artifact) => this with
    {
        Artifacts =
        [
            .. Artifacts.Select(stored =>
            {
                if (stored.Name != artifact)
                {
                    return stored;
                }

                var json = (JsonObject)stored.Json.DeepClone();
                json["deleted"] = true;
                return stored with { Json = json };
            }),
        ],
    };

    public ArtifactValue? Artifact(string name) => Artifacts.FirstOrDefault(artifact => artifact.Name == name);
}

/// <summary>An object outside the workflow that its evaluation needs to read.</summary>
/// <param name="Kind">What it is, and what of it is read.</param>
public readonly record struct ResourceRef(
    [property: JsonPropertyName("k")] ResourceRefKind Kind,
    [property: JsonPropertyName("n")] string Name)
{
    public override string ToString() => $"{Kind} {Name}";
}

public enum ResourceRefKind
{
    ConfigMap,
    WorkflowTemplate,
    ClusterWorkflowTemplate,

    /// <summary>A ConfigMap of the workflow's namespace: its <c>data</c> and <c>annotations</c>, and its <c>namespace</c>.</summary>
    ArtifactRepositories,

    /// <summary>The same of the hub's own namespace.</summary>
    HubArtifactRepositories,

    /// <summary>How long the latest succeeded workflow with a label (<c>key=value</c>) took: what <see cref="Estimation.Durations"/> keeps of it.</summary>
    Baseline,
}
