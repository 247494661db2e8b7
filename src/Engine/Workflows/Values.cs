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

    public ArtifactValue? Artifact(string name) => Artifacts.FirstOrDefault(artifact => artifact.Name == name);
}

/// <summary>An object outside the workflow that its evaluation needs to read.</summary>
/// <param name="Kind">What kind of object it is.</param>
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

    /// <summary>
    /// One repository of a ConfigMap, named <c>configmap/key</c>; without a key the one that the ConfigMap's annotation calls the default.
    /// Its content is the repository itself.
    /// </summary>
    ArtifactRepository,
}
