using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;

namespace Argosy.Engine.Templates;

/// <summary>Tasks and what each waits for.</summary>
public sealed class DagTemplate
{
    private readonly Dictionary<string, Step> byName;
    private readonly Dictionary<string, DependsExpression?> depends = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> mistakes = new(StringComparer.Ordinal);
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
            var condition = ReadDepends(task);
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

    /// <summary>What is wrong with the task's depends condition, or null. Such a task depends on nothing and can only fail.</summary>
    public string? MistakeIn(Step task) => mistakes.GetValueOrDefault(task.Name);

    /// <summary>The task's own depends condition, if it has one.</summary>
    public DependsExpression? DependsOf(Step task) => depends[task.Name];

    /// <summary>The tasks this one waits for, each once.</summary>
    public IReadOnlyList<string> DependenciesOf(Step task) => dependencies[task.Name];

    /// <summary>Whether the task waits for the other one, directly or through others.</summary>
    public bool IsBefore(string other, string task)
    {
        if (!dependencies.TryGetValue(task, out var direct) || !byName.ContainsKey(other))
        {
            return false;
        }

        // Most references are to a direct dependency: those cost no search.
        if (direct.Contains(other))
        {
            return true;
        }

        var seen = new HashSet<string>(direct, StringComparer.Ordinal);
        var open = new Queue<string>(direct);
        while (open.TryDequeue(out var name))
        {
            foreach (var further in dependencies.GetValueOrDefault(name) ?? [])
            {
                if (further == other)
                {
                    return true;
                }

                if (seen.Add(further))
                {
                    open.Enqueue(further);
                }
            }
        }

        return false;
    }

    /// <summary>The tasks that wait for this one.</summary>
    public IReadOnlyList<string> DependentsOf(string task) => dependents.TryGetValue(task, out var list) ? list : [];

    /// <summary>Tasks that nothing depends on.</summary>
    public IEnumerable<string> Leaves => Tasks.Where(task => !dependents.ContainsKey(task.Name)).Select(task => task.Name);

    private DependsExpression? ReadDepends(Step task)
    {
        try
        {
            return string.IsNullOrEmpty(task.Depends) ? null : DependsExpression.Parse(task.Depends);
        }
        catch (ExpressionException mistake)
        {
            // Upstream accepts such a manifest and fails the task: so do we, where a spec must always be readable.
            mistakes[task.Name] = $"invalid depends '{task.Depends}': {mistake.Message}";
            return null;
        }
    }

    public static DagTemplate Read(JsonObject json) => new(
        [.. json.Objects("tasks").Select(Step.Read)],
        json.Text("target"),
        json.Bool("failFast") ?? true);
}
