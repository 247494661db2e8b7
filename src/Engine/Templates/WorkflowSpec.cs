using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;

namespace Argosy.Engine.Templates;

/// <summary>What a workflow (or a workflow template) asks for: compiled once, shared by all that run it.</summary>
public sealed class WorkflowSpec
{
    private readonly Dictionary<string, Template> templates = new(StringComparer.Ordinal);

    /// <param name="json">The spec.</param>
    /// <param name="running">The spec of the workflow that runs these templates, where it is another one: its defaults count, not theirs.</param>
    public WorkflowSpec(JsonObject json, JsonObject? running = null)
    {
        Json = json;
        var defaults = (running ?? json).Object("templateDefaults");
        var retry = (running ?? json).Object("retryStrategy");
        foreach (var template in json.Objects("templates"))
        {
            var merged = SpecMerge.Defaults(template, defaults, retry);
            templates[merged.Text("name") ?? ""] = Template.Read(merged);
        }

        Entrypoint = json.Text("entrypoint");
        Arguments = Arguments.Read(json.Object("arguments"));
        Hooks = LifecycleHook.ReadAll(json.Object("hooks"), json.Text("onExit"));
        NeedsArtifactRepository = json.ContainsKey("artifactRepositoryRef") || (json.Bool("archiveLogs") ?? false)
            || templates.Values.Any(template => HasArtifacts(template) || CallsElsewhere(template));
        Parallelism = json.Int("parallelism");
        Priority = json.Int("priority");
        Synchronization = json.Object("synchronization") is { Count: > 0 } synchronization ? JsonTags.Compile(synchronization) : null;
        ServiceAccountName = json.Text("serviceAccountName") ?? "default";
    }

    public JsonObject Json { get; }

    public string? Entrypoint { get; }

    public Arguments Arguments { get; }

    public IReadOnlyDictionary<string, LifecycleHook> Hooks { get; }

    /// <summary>How many of the workflow's pods may be active at once.</summary>
    public int? Parallelism { get; }

    public int? Priority { get; }

    /// <summary>The locks the workflow needs before it runs, as the manifest has them.</summary>
    public JsonTags? Synchronization { get; }

    public string ServiceAccountName { get; }

    /// <summary>Whether anything it runs may have artifacts that name no place of their own.</summary>
    public bool NeedsArtifactRepository { get; }

    private static bool HasArtifacts(Template template) => template.Inputs.Artifacts.Count + template.Outputs.Artifacts.Count > 0
        || template.Type == TemplateType.Data || (template.Json.Object("archiveLocation").Bool("archiveLogs") ?? false);

    private static bool CallsElsewhere(Template template) => template.StepGroups.SelectMany(group => group).Concat(template.Dag?.Tasks ?? [])
        .Any(step => step.Json.ContainsKey("templateRef") || step.Inline is { } inline && HasArtifacts(inline)
            || step.Hooks.Values.Any(hook => hook.TemplateRef is not null));

    public IEnumerable<Template> Templates => templates.Values;

    public Template? FindTemplate(string name) => templates.GetValueOrDefault(name);
}
