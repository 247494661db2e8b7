using System.Text.Json;
using System.Text.Json.Serialization;

namespace Argosy.ClusterAgent.Embedded.Planning;

/// <summary>The part of an Argo template that concerns its pod, as far as an embedded cluster can honour it; the rest is ignored.</summary>
internal sealed record PodTemplate
{
    public ContainerSpec? Container { get; init; }

    public ContainerSpec? Script { get; init; }

    public ContainerSetSpec? ContainerSet { get; init; }

    public IReadOnlyList<ContainerSpec> InitContainers { get; init; } = [];

    public IReadOnlyList<ContainerSpec> Sidecars { get; init; } = [];

    public IReadOnlyList<VolumeSpec> Volumes { get; init; } = [];
}

internal sealed record ContainerSpec
{
    public string Name { get; init; } = "";

    public string? Image { get; init; }

    public IReadOnlyList<string> Command { get; init; } = [];

    public IReadOnlyList<string> Args { get; init; } = [];

    /// <summary>Of a script template.</summary>
    public string? Source { get; init; }

    public string? WorkingDir { get; init; }

    public IReadOnlyList<EnvVar> Env { get; init; } = [];

    public IReadOnlyList<EnvFrom> EnvFrom { get; init; } = [];

    public IReadOnlyList<VolumeMount> VolumeMounts { get; init; } = [];

    public IReadOnlyList<ContainerPort> Ports { get; init; } = [];

    public ProbeSpec? ReadinessProbe { get; init; }

    /// <summary>Of a container in a set: the containers that must have succeeded before.</summary>
    public IReadOnlyList<string> Dependencies { get; init; } = [];
}

internal sealed record ContainerSetSpec
{
    public IReadOnlyList<ContainerSpec> Containers { get; init; } = [];

    public IReadOnlyList<VolumeMount> VolumeMounts { get; init; } = [];

    public ContainerSetRetry? RetryStrategy { get; init; }
}

/// <summary>Retries within the pod; the pause is a Go duration.</summary>
internal sealed record ContainerSetRetry
{
    public JsonElement Retries { get; init; }

    public string? Duration { get; init; }
}

internal sealed record EnvVar
{
    public string Name { get; init; } = "";

    public string? Value { get; init; }

    public EnvVarSource? ValueFrom { get; init; }
}

internal sealed record EnvVarSource
{
    public KeySelector? ConfigMapKeyRef { get; init; }

    public KeySelector? SecretKeyRef { get; init; }

    public FieldRef? FieldRef { get; init; }

    public JsonElement? ResourceFieldRef { get; init; }
}

internal sealed record KeySelector
{
    public string Name { get; init; } = "";

    public string Key { get; init; } = "";

    public bool Optional { get; init; }
}

internal sealed record FieldRef
{
    public string FieldPath { get; init; } = "";
}

internal sealed record EnvFrom
{
    public string Prefix { get; init; } = "";

    public SourceRef? ConfigMapRef { get; init; }

    public SourceRef? SecretRef { get; init; }
}

internal sealed record SourceRef
{
    public string Name { get; init; } = "";

    public bool Optional { get; init; }
}

internal sealed record VolumeMount
{
    public string Name { get; init; } = "";

    public string MountPath { get; init; } = "";

    public string? SubPath { get; init; }

    public string? SubPathExpr { get; init; }

    public bool ReadOnly { get; init; }
}

internal sealed record ContainerPort
{
    public string? Name { get; init; }

    [JsonPropertyName("containerPort")]
    public int Number { get; init; }
}

internal sealed record ProbeSpec
{
    public HttpGetAction? HttpGet { get; init; }

    public TcpSocketAction? TcpSocket { get; init; }

    public ExecAction? Exec { get; init; }

    public int InitialDelaySeconds { get; init; }

    public int PeriodSeconds { get; init; } = 10;

    public int TimeoutSeconds { get; init; } = 1;

    public int SuccessThreshold { get; init; } = 1;
}

internal sealed record HttpGetAction
{
    public string Path { get; init; } = "/";

    public JsonElement Port { get; init; }

    public string Scheme { get; init; } = "HTTP";

    public IReadOnlyList<HttpHeader> HttpHeaders { get; init; } = [];
}

internal sealed record HttpHeader
{
    public string Name { get; init; } = "";

    public string Value { get; init; } = "";
}

internal sealed record TcpSocketAction
{
    public JsonElement Port { get; init; }
}

internal sealed record ExecAction
{
    public IReadOnlyList<string> Command { get; init; } = [];
}

internal sealed record VolumeSpec
{
    public string Name { get; init; } = "";

    public JsonElement? EmptyDir { get; init; }

    public JsonElement? Ephemeral { get; init; }

    public ConfigMapVolume? ConfigMap { get; init; }

    public SecretVolume? Secret { get; init; }

    public ClaimVolume? PersistentVolumeClaim { get; init; }
}

internal sealed record ConfigMapVolume
{
    public string Name { get; init; } = "";

    public IReadOnlyList<KeyToPath> Items { get; init; } = [];

    public bool Optional { get; init; }

    public int DefaultMode { get; init; } = 420;
}

internal sealed record SecretVolume
{
    public string SecretName { get; init; } = "";

    public IReadOnlyList<KeyToPath> Items { get; init; } = [];

    public bool Optional { get; init; }

    public int DefaultMode { get; init; } = 420;
}

internal sealed record KeyToPath
{
    public string Key { get; init; } = "";

    public string Path { get; init; } = "";

    public int? Mode { get; init; }
}

internal sealed record ClaimVolume
{
    public string ClaimName { get; init; } = "";

    public bool ReadOnly { get; init; }
}

/// <summary>How manifests are read: Kubernetes' spelling, and numbers that a template tag made into text.</summary>
internal static class PodTemplateJson
{
    public static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowReadingFromString,
    };
}
