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
    private readonly Lazy<string> text;
    private readonly Lazy<bool> refersToResults;
    private readonly Dictionary<string, Step> stepsByName = new(StringComparer.Ordinal);

    private Template(JsonObject json)
    {
        Json = json;
        tags = new Lazy<JsonTags>(() => JsonTags.Compile(Renderable()));
        text = new Lazy<string>(() => json.ToJsonString());
        refersToResults = new Lazy<bool>(() => text.Value.Contains(".outputs.result", StringComparison.Ordinal));
        Name = json.Text("name") ?? "";
        Type = Types.FirstOrDefault(type => json[type.Field] is not null).Type;
        Inputs = Arguments.Read(json.Object("inputs"));
        Outputs = Arguments.Read(json.Object("outputs"));
        Daemon = json.Bool("daemon") ?? false;
        Parallelism = json.Int("parallelism");
        FailFast = json.Bool("failFast") ?? false;
        RetryStrategy = json.Object("retryStrategy") is { } retry ? Templates.RetryStrategy.Read(retry) : null;
        StepGroups = json["steps"] is JsonArray groups ? [.. groups.Select(ReadGroup)] : [];
        Metrics = [.. json.Object("metrics").Objects("prometheus")];
        Dag = json.Object("dag") is { } dag ? DagTemplate.Read(dag) : null;
        foreach (var step in StepGroups.SelectMany(group => group))
        {
            stepsByName.TryAdd(step.Name, step);
        }
    }

    public JsonObject Json { get; }

    public string Name { get; }

    public TemplateType Type { get; }

    public Arguments Inputs { get; }

    public Arguments Outputs { get; }

    public bool Daemon { get; }

    public int? Parallelism { get; }

    public bool FailFast { get; }

    public RetryStrategy? RetryStrategy { get; }

    /// <summary>Custom Prometheus metrics, as they stand in the manifest.</summary>
    public IReadOnlyList<JsonObject> Metrics { get; }

    public IReadOnlyList<IReadOnlyList<Step>> StepGroups { get; }

    public DagTemplate? Dag { get; }

    /// <summary>Whether the template runs something itself instead of arranging other templates.</summary>
    public bool IsLeaf => Type is not (TemplateType.Steps or TemplateType.Dag);

    /// <summary>Whether an agent runs it as a pod.</summary>
    public bool IsPod => Type is TemplateType.Container or TemplateType.ContainerSet or TemplateType.Script or TemplateType.Resource or TemplateType.Data;

    /// <summary>
    /// The template without what is rendered by itself, when its turn comes: members of its steps or DAG, metrics, retry strategy; and without
    /// the declarations of its inputs.
    /// </summary>
    public JsonTags Tags => tags.Value;

    public static Template Read(JsonObject json) => new(json);

    public Step? FindStep(string name) => Dag is not null ? Dag.Find(name) : stepsByName.GetValueOrDefault(name);

    /// <summary>Whether anything in this template refers to <c>outputs.result</c> of its member <paramref name="step"/>.</summary>
    /// <remarks>Upstream captures standard output only then.</remarks>
    public bool RefersToResultOf(string step)
    {
        if (!refersToResults.Value)
        {
            return false;
        }

        var json = text.Value;
        return json.Contains($".{step}.outputs.result", StringComparison.Ordinal)
            || json.Contains($"['{step}'].outputs.result", StringComparison.Ordinal)
            || json.Contains($"\\u0027{step}\\u0027].outputs.result", StringComparison.Ordinal)
            || json.Contains($"\\\"{step}\\\"].outputs.result", StringComparison.Ordinal)
            || json.Contains($"\\u0022{step}\\u0022].outputs.result", StringComparison.Ordinal);
    }

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
            if (field is not ("steps" or "inputs" or "metrics" or "retryStrategy"))
            {
                renderable[field] = field == "dag" ? new JsonObject { ["target"] = Dag?.Target } : value?.DeepClone();
            }
        }

        return renderable;
    }
}

/// <summary>Tasks and what each waits for.</summary>
public sealed class DagTemplate
{
    private readonly Dictionary<string, Step> byName;
    private readonly Dictionary<string, DependsExpression?> depends = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> dependents = new(StringComparer.Ordinal);

    private DagTemplate(IReadOnlyList<Step> tasks, string? target, bool failFast)
    {
        Tasks = tasks;
        Target = target;
        FailFast = failFast;
        byName = tasks.GroupBy(task => task.Name, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        foreach (var task in tasks)
        {
            var condition = !string.IsNullOrEmpty(task.Depends) ? DependsExpression.Parse(task.Depends) : null;
            depends[task.Name] = condition;
            foreach (var dependency in DependenciesOf(task))
            {
                (dependents.TryGetValue(dependency, out var list) ? list : dependents[dependency] = []).Add(task.Name);
            }
        }
    }

    public IReadOnlyList<Step> Tasks { get; }

    /// <summary>Names of the wanted tasks, separated by spaces; null: every task that nothing depends on.</summary>
    public string? Target { get; }

    public bool FailFast { get; }

    public Step? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>The task's own depends condition, if it has one.</summary>
    public DependsExpression? DependsOf(Step task) => depends[task.Name];

    /// <summary>The tasks this one waits for, each once.</summary>
    public IReadOnlyList<string> DependenciesOf(Step task) => depends.GetValueOrDefault(task.Name) is { } condition
        ? [.. condition.Terms.Select(term => term.Task).Distinct()]
        : task.Dependencies;

    /// <summary>The tasks that wait for this one.</summary>
    public IReadOnlyList<string> DependentsOf(string task) => dependents.TryGetValue(task, out var list) ? list : [];

    /// <summary>Tasks that nothing depends on.</summary>
    public IEnumerable<string> Leaves => Tasks.Where(task => !dependents.ContainsKey(task.Name)).Select(task => task.Name);

    public static DagTemplate Read(JsonObject json) => new(
        [.. json.Objects("tasks").Select(Step.Read)],
        json.Text("target"),
        json.Bool("failFast") ?? true);
}
