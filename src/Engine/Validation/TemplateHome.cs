using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;

namespace Argosy.Engine.Validation;

/// <summary>A workflow or workflow template as the place where template names are looked up.</summary>
/// <param name="key">Tells homes apart.</param>
internal sealed class TemplateHome(string key, JsonObject spec)
{
    private readonly Dictionary<string, JsonObject> templates = spec.ObjectsAt("templates")
        .Select(item => item.Value)
        .Where(template => template.TextAt("name") is { Length: > 0 })
        .DistinctBy(template => template.TextAt("name"))
        .ToDictionary(template => template.TextAt("name")!, StringComparer.Ordinal);

    public string Key => key;

    public JsonObject Spec => spec;

    public IReadOnlyCollection<JsonObject> Templates => templates.Values;

    public JsonObject? Find(string name) => templates.GetValueOrDefault(name);
}

/// <summary>What a step, task or entrypoint refers to.</summary>
/// <param name="Template">Null when it cannot be known before the run, or when it is wrong.</param>
/// <param name="Problem">Why it is wrong, or null.</param>
internal sealed record Reference(JsonObject? Template, TemplateHome Home, string? Problem = null);
