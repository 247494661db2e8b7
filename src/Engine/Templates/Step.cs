using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;

namespace Argosy.Engine.Templates;

/// <summary>A template of another resource: a WorkflowTemplate of the same namespace or a ClusterWorkflowTemplate.</summary>
public sealed record TemplateRef(string Name, string Template, bool ClusterScope)
{
    public static TemplateRef? Read(JsonObject? json) => json is null
        ? null
        : new TemplateRef(json.Text("name") ?? "", json.Text("template") ?? "", json.Bool("clusterScope") ?? false);
}

/// <summary>What runs when something about a node happens; the hook named <c>exit</c> runs when the node has ended.</summary>
public sealed record LifecycleHook(string? Template, TemplateRef? TemplateRef, string? Expression, JsonObject Json)
{
    public static readonly IReadOnlyDictionary<string, LifecycleHook> None = new Dictionary<string, LifecycleHook>();

    public static IReadOnlyDictionary<string, LifecycleHook> ReadAll(JsonObject? json, string? onExit)
    {
        if (json is not { Count: > 0 } && string.IsNullOrEmpty(onExit))
        {
            return None;
        }

        var hooks = new Dictionary<string, LifecycleHook>(StringComparer.Ordinal);
        foreach (var (name, hook) in json ?? [])
        {
            if (hook is JsonObject body)
            {
                hooks[name] = new LifecycleHook(body.Text("template"), TemplateRef.Read(body.Object("templateRef")), body.Text("expression"), body);
            }
        }

        if (!string.IsNullOrEmpty(onExit))
        {
            hooks["exit"] = new LifecycleHook(onExit, null, null, new JsonObject { ["template"] = onExit }); // the old spelling wins, as upstream
        }

        return hooks;
    }
}

public sealed record ContinueOn(bool Error, bool Failed)
{
    public static readonly ContinueOn Nothing = new(false, false);
}

/// <summary>
/// A member of a steps list or a DAG, compiled once: its JSON with every tag found, ready to be rendered for each run.
/// </summary>
public sealed class Step
{
    private readonly Lazy<JsonTags> tags;
    private readonly Lazy<JsonTags>? condition;
    private readonly Lazy<JsonTags> itemTags;

    private Step(JsonObject json)
    {
        Json = json;
        tags = new Lazy<JsonTags>(() => JsonTags.Compile(Part(json, "template", "templateRef", "arguments")));
        condition = json.Text("when") is { Length: > 0 } ? new Lazy<JsonTags>(() => JsonTags.Compile(Part(json, "template", "when"))) : null;
        itemTags = new Lazy<JsonTags>(() => JsonTags.Compile(Part(json, "withItems", "withParam", "withSequence")));
        Name = json.Text("name") ?? "";
        Inline = json.Object("inline") is { } inline ? Templates.Template.Read(inline) : null;
        ContinueOn = json.Object("continueOn") is { } continueOn
            ? new ContinueOn(continueOn.Bool("error") ?? false, continueOn.Bool("failed") ?? false)
            : ContinueOn.Nothing;
        Hooks = LifecycleHook.ReadAll(json.Object("hooks"), json.Text("onExit"));
        Dependencies = json.Texts("dependencies");
        Depends = json.Text("depends");
        IsLoop = json["withItems"] is JsonArray || json.ContainsKey("withParam") || json["withSequence"] is JsonObject;
    }

    public string Name { get; }

    public JsonObject Json { get; }

    public Template? Inline { get; }

    public ContinueOn ContinueOn { get; }

    public IReadOnlyDictionary<string, LifecycleHook> Hooks { get; }

    public IReadOnlyList<string> Dependencies { get; }

    public string? Depends { get; }

    /// <summary>Whether the step fans out over items.</summary>
    public bool IsLoop { get; }

    /// <summary>The part of the step that is rendered before each call: what it calls, and with which arguments.</summary>
    public JsonTags Tags => tags.Value;

    /// <summary>
    /// The part that says whether the step runs at all; null: it does. It comes before the arguments, which often make sense only where it
    /// holds.
    /// </summary>
    public JsonTags? Condition => condition?.Value;

    /// <summary>The part that says what the step fans out over; it is rendered once, however many items there are.</summary>
    public JsonTags ItemTags => itemTags.Value;

    public static Step Read(JsonObject json) => new(json);

    private static JsonObject Part(JsonObject json, params ReadOnlySpan<string> fields)
    {
        var part = new JsonObject();
        foreach (var field in fields)
        {
            if (json.TryGetPropertyValue(field, out var value))
            {
                part[field] = value?.DeepClone();
            }
        }

        return part;
    }
}
