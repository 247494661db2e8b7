using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;

namespace Argosy.Engine.Templates;

/// <summary>Tasks and what each waits for.</summary>
public sealed class DagTemplate
{
    private readonly Dictionary<string, Step> byName;
    private readonly Dictionary<string, DependsExpression?> depends = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string>> dependencies = new(StringComparer.Ordinal);
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
            dependencies[task.Name] = condition is null ? task.Dependencies : [.. condition.Terms.Select(term => term.Task).Distinct()];
            foreach (var dependency in dependencies[task.Name])
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
    public IReadOnlyList<string> DependenciesOf(Step task) => dependencies[task.Name];

    /// <summary>The tasks that wait for this one.</summary>
    public IReadOnlyList<string> DependentsOf(string task) => dependents.TryGetValue(task, out var list) ? list : [];

    /// <summary>Tasks that nothing depends on.</summary>
    public IEnumerable<string> Leaves => Tasks.Where(task => !dependents.ContainsKey(task.Name)).Select(task => task.Name);

    public static DagTemplate Read(JsonObject json) => new(
        [.. json.Objects("tasks").Select(Step.Read)],
        json.Text("target"),
        json.Bool("failFast") ?? true);
}
