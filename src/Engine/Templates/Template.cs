using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;

namespace Argosy.Engine.Templates;

public enum TemplateType
{
    Unspecified,
    Container,
    ContainerSet,
    Steps,
    Dag,
    Script,
    Resource,
    Data,
    Suspend,
    Http,
    Plugin,
}

/// <summary>The recipe of one node. What we do not interpret stays in <see cref="Json"/> and reaches the pod verbatim.</summary>
public sealed class Template
{
    private static readonly (string Field, TemplateType Type)[] Types =
    [
        ("container", TemplateType.Container), ("containerSet", TemplateType.ContainerSet), ("steps", TemplateType.Steps),
        ("dag", TemplateType.Dag), ("script", TemplateType.Script), ("resource", TemplateType.Resource), ("data", TemplateType.Data),
        ("suspend", TemplateType.Suspend), ("http", TemplateType.Http), ("plugin", TemplateType.Plugin),
    ];

    private readonly Lazy<JsonTags> tags;
    private readonly Lazy<IReadOnlySet<string>> resultsReferredTo;
    private readonly Dictionary<string, Step> stepsByName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> groupOfStep = new(StringComparer.Ordinal);

    private Template(JsonObject json)
    {
        Json = json;
        tags = new Lazy<JsonTags>(() => JsonTags.Compile(Renderable()));
        resultsReferredTo = new Lazy<IReadOnlySet<string>>(() => ResultReferences.In(json.ToJsonString()));
        Name = json.Text("name") ?? "";
        Type = Types.FirstOrDefault(type => json[type.Field] is not null).Type;
        Inputs = Arguments.Read(json.Object("inputs"));
        Outputs = Arguments.Read(json.Object("outputs"));
        Daemon = json.Bool("daemon") ?? false;
        Parallelism = json.Int("parallelism");
        Synchronization = json.Object("synchronization") is { Count: > 0 } synchronization ? JsonTags.Compile(synchronization) : null;
        Memoize = json.Object("memoize") is { Count: > 0 } memoize ? JsonTags.Compile(memoize) : null;
        FailFast = json.Bool("failFast") ?? false;
        RetryStrategy = json.Object("retryStrategy") is { } retry ? Templates.RetryStrategy.Read(retry) : null;
        StepGroups = json["steps"] is JsonArray groups ? [.. groups.Select(ReadGroup)] : [];
        Metrics = [.. json.Object("metrics").Objects("prometheus")];
        Dag = json.Object("dag") is { } dag ? DagTemplate.Read(dag) : null;
        for (var group = 0; group < StepGroups.Count; group++)
        {
            foreach (var step in StepGroups[group])
            {
                stepsByName.TryAdd(step.Name, step);
                groupOfStep.TryAdd(step.Name, group);
            }
        }

        HasHooks = StepGroups.SelectMany(group => group).Concat(Dag?.Tasks ?? []).Any(step => step.Hooks.Count > 0);
    }

    public JsonObject Json { get; }

    public string Name { get; }

    public TemplateType Type { get; }

    public Arguments Inputs { get; }

    public Arguments Outputs { get; }

    public bool Daemon { get; }

    public int? Parallelism { get; }

    public bool FailFast { get; }

    /// <summary>The locks a node needs before it starts, as the manifest has them.</summary>
    public JsonTags? Synchronization { get; }

    /// <summary>Where a node's outputs may be known already.</summary>
    public JsonTags? Memoize { get; }

    public RetryStrategy? RetryStrategy { get; }

    /// <summary>Custom Prometheus metrics, as they stand in the manifest.</summary>
    public IReadOnlyList<JsonObject> Metrics { get; }

    public IReadOnlyList<IReadOnlyList<Step>> StepGroups { get; }

    public DagTemplate? Dag { get; }

    /// <summary>Whether any of its steps or tasks has a hook.</summary>
    public bool HasHooks { get; }

    /// <summary>Whether the template runs something itself instead of arranging other templates.</summary>
    public bool IsLeaf => Type is not (TemplateType.Steps or TemplateType.Dag);

    /// <summary>Whether an agent runs it as a pod.</summary>
    public bool IsPod => Type is TemplateType.Container or TemplateType.ContainerSet or TemplateType.Script or TemplateType.Resource or TemplateType.Data;

    /// <summary>
    /// The template without what is rendered by itself, when its turn comes: members of its steps or DAG, metrics, retry strategy, locks, memoization; and without
    /// the declarations of its inputs.
    /// </summary>
    public JsonTags Tags => tags.Value;

    public static Template Read(JsonObject json) => new(json);

    public Step? FindStep(string name) => Dag is not null ? Dag.Find(name) : stepsByName.GetValueOrDefault(name);

    /// <summary>The position of the group that the step is in; -1: there is no such step.</summary>
    public int GroupOf(string step) => groupOfStep.GetValueOrDefault(step, -1);

    /// <summary>Whether anything in this template refers to <c>outputs.result</c> of its member <paramref name="step"/>.</summary>
    /// <remarks>Upstream captures standard output only then.</remarks>
    public bool RefersToResultOf(string step) => resultsReferredTo.Value.Contains(step);

    private static IReadOnlyList<Step> ReadGroup(JsonNode? group) => group switch
    {
        JsonArray steps => [.. steps.OfType<JsonObject>().Select(Step.Read)],
        JsonObject step => [Step.Read(step)],
        _ => [],
    };

    private JsonObject Renderable()
    {
        var renderable = new JsonObject();
        foreach (var (field, value) in Json)
        {
            if (field is not ("steps" or "inputs" or "metrics" or "retryStrategy" or "synchronization" or "memoize"))
            {
                renderable[field] = field == "dag" ? new JsonObject { ["target"] = Dag?.Target } : value?.DeepClone();
            }
        }

        return renderable;
    }
}
