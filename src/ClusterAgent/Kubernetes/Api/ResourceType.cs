namespace Argosy.ClusterAgent.Kubernetes.Api;

/// <summary>A kind of object as the API server serves it.</summary>
/// <param name="Group">Empty for the core group.</param>
/// <param name="Plural">The name in paths, such as <c>pods</c>.</param>
public sealed record ResourceType(string Group, string Version, string Plural, string Kind, bool Namespaced)
{
    public static readonly ResourceType Pod = new("", "v1", "pods", "Pod", true);

    public static readonly ResourceType ConfigMap = new("", "v1", "configmaps", "ConfigMap", true);

    public static readonly ResourceType Namespace = new("", "v1", "namespaces", "Namespace", false);

    public static readonly ResourceType PersistentVolumeClaim = new("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", true);

    public static readonly ResourceType Node = new("", "v1", "nodes", "Node", false);

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The path of one object, of all of a namespace (null: of all namespaces), or of a subresource.</summary>
    public string Path(string? @namespace, string? name = null, string? subresource = null)
    {
        var root = Group.Length == 0 ? $"api/{Version}" : $"apis/{Group}/{Version}";
        var within = Namespaced && @namespace is not null ? $"{root}/namespaces/{Uri.EscapeDataString(@namespace)}/{Plural}" : $"{root}/{Plural}";
        var one = name is null ? within : $"{within}/{Uri.EscapeDataString(name)}";
        return subresource is null ? one : $"{one}/{subresource}";
    }
}
