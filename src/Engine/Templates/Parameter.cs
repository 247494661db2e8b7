using System.Text.Json.Nodes;

namespace Argosy.Engine.Templates;

/// <summary>A declared parameter: of a template's inputs or outputs, or of somebody's arguments.</summary>
public sealed record Parameter(string Name)
{
    public string? Value { get; init; }

    public string? Default { get; init; }

    public string? GlobalName { get; init; }

    public IReadOnlyList<string> Enum { get; init; } = [];

    public ParameterSource? ValueFrom { get; init; }

    public static Parameter Read(JsonObject json) => new(json.Text("name") ?? "")
    {
        Value = json.Text("value"),
        Default = json.Text("default"),
        GlobalName = json.Text("globalName"),
        Enum = json.Texts("enum"),
        ValueFrom = json.Object("valueFrom") is { } source ? ParameterSource.Read(source) : null,
    };
}

/// <summary>Where a parameter's value comes from.</summary>
public sealed record ParameterSource
{
    public string? Path { get; init; }

    /// <summary>kubectl's JSONPath into the resource of a resource template.</summary>
    public string? JsonPath { get; init; }

    /// <summary>A jq filter over the resource of a resource template.</summary>
    public string? JqFilter { get; init; }

    public string? Parameter { get; init; }

    public string? Expression { get; init; }

    public string? Default { get; init; }

    public bool Supplied { get; init; }

    public ConfigMapKey? ConfigMapKeyRef { get; init; }

    public static ParameterSource Read(JsonObject json) => new()
    {
        Path = json.Text("path"),
        JsonPath = json.Text("jsonPath") is { Length: > 0 } path ? path : null,
        JqFilter = json.Text("jqFilter") is { Length: > 0 } filter ? filter : null,
        Parameter = json.Text("parameter"),
        Expression = json.Text("expression"),
        Default = json.Text("default"),
        Supplied = json.ContainsKey("supplied"),
        ConfigMapKeyRef = json.Object("configMapKeyRef") is { } key
            ? new ConfigMapKey(key.Text("name") ?? "", key.Text("key") ?? "", key.Bool("optional") ?? false)
            : null,
    };
}

public sealed record ConfigMapKey(string Name, string Key, bool Optional);

/// <summary>A declared artifact; its location and everything else stay in <see cref="Json"/>.</summary>
public sealed record Artifact(string Name, JsonObject Json)
{
    private static readonly string[] LocationFields =
        ["s3", "gcs", "azure", "oss", "git", "http", "artifactory", "hdfs", "raw", "plugin", "embedded"];

    public string? Path => Json.Text("path");

    public string? From => Json.Text("from");

    public string? FromExpression => Json.Text("fromExpression");

    public string? SubPath => Json.Text("subPath");

    public string? GlobalName => Json.Text("globalName");

    public bool Optional => Json.Bool("optional") ?? false;

    /// <summary>The driver's field and location, when the artifact names one.</summary>
    public (string Driver, JsonObject Location)? Location
    {
        get
        {
            foreach (var driver in LocationFields)
            {
                if (Json[driver] is JsonObject location)
                {
                    return (driver, location);
                }
            }

            return null;
        }
    }

    public static Artifact Read(JsonObject json) => new(json.Text("name") ?? "", json);
}

/// <summary>Parameters and artifacts that belong together: inputs, outputs or arguments.</summary>
public sealed record Arguments(IReadOnlyList<Parameter> Parameters, IReadOnlyList<Artifact> Artifacts)
{
    public static readonly Arguments None = new([], []);

    public static Arguments Read(JsonObject? json) => json is null
        ? None
        : new([.. json.Objects("parameters").Select(Parameter.Read)], [.. json.Objects("artifacts").Select(Artifact.Read)]);
}
