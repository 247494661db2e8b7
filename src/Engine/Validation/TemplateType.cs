using System.Text.Json.Nodes;

namespace Argosy.Engine.Validation;

/// <summary>The sort of work of a template.</summary>
/// <param name="Name">The field of the template that says what to do.</param>
/// <param name="Shown">As messages call it.</param>
internal sealed record TemplateType(string Name, string Shown)
{
    /// <summary>In the order in which Argo looks.</summary>
    private static readonly TemplateType[] All =
    [
        new("container", "Container"), new("containerSet", "ContainerSet"), new("steps", "Steps"), new("dag", "DAG"), new("script", "Script"),
        new("resource", "Resource"), new("data", "Data"), new("suspend", "Suspend"), new("http", "HTTP"), new("plugin", "Plugin"),
    ];

    public bool IsGroup => Name is "steps" or "dag";

    /// <summary>Whether nodes do their work outside of the controller; only suspended nodes and groups do not.</summary>
    public bool IsPod => !IsGroup && Name != "suspend";

    /// <summary>Every type that the template has; there should be one.</summary>
    public static IReadOnlyList<TemplateType> Of(JsonObject template) => [.. All.Where(type => template[type.Name] != null)];

    public override string ToString() => Shown;
}
