using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;

namespace Argosy.Engine.Validation;

/// <summary>DAG templates. A task sees the outputs of all tasks, but may take arguments from its ancestors only.</summary>
internal sealed class DagRules(ValidationRun run, TemplateHome home, JsonObject template, Scope scope, string path, string name)
{
    private readonly Problems problems = run.Problems;
    private readonly JsonObject dag = template.ObjectAt("dag") ?? [];
    private readonly Dictionary<string, JsonObject> byName = new(StringComparer.Ordinal);

    public void Check()
    {
        var tasks = dag.ObjectsAt("tasks").ToList();
        if (tasks.Count == 0)
        {
            problems.Add($"{path}.dag.tasks", $"templates.{name} must have at least one task");
        }

        NameRules.CheckNames(problems, dag, "tasks", $"{path}.dag", $"templates.{name}.tasks", NameRules.FieldNameProblem);
        foreach (var (_, task) in tasks)
        {
            byName.TryAdd(task.TextAt("name") ?? "", task);
        }

        var usesDepends = tasks.Any(task => task.Value.Has("depends"));
        foreach (var (i, task) in tasks)
        {
            CheckDependencies(task, usesDepends, $"{path}.dag.tasks[{i}]");
            CheckCall(task, $"{path}.dag.tasks[{i}]");
        }

        var graph = new DependencyGraph(byName.ToDictionary(task => task.Key, task => Depends.Tasks(task.Value).ToList(), StringComparer.Ordinal));
        if (graph.FindCycle() is { } cycle)
        {
            problems.Add($"{path}.dag.tasks", $"templates.{name}.tasks dependency cycle detected: {string.Join("->", cycle)}");
        }

        CheckTarget();
        foreach (var (i, task) in tasks)
        {
            CheckTask(task, graph, $"{path}.dag.tasks[{i}]");
        }
    }

    private void CheckDependencies(JsonObject task, bool usesDepends, string at)
    {
        var taskName = task.TextAt("name") ?? "";
        var dependencies = task.TextsAt("dependencies").ToList();
        if ((usesDepends || dependencies.Count > 0) && taskName is [>= '0' and <= '9', ..])
        {
            problems.Add(
                $"{at}.name",
                $"templates.{name}.tasks.{taskName} name cannot begin with a digit when using either 'depends' or 'dependencies'");
        }

        if (usesDepends && dependencies.Count > 0)
        {
            problems.Add($"{at}.dependencies", $"templates.{name} cannot use both 'depends' and 'dependencies' in the same DAG template");
        }

        if (usesDepends && task["continueOn"] != null)
        {
            problems.Add(
                $"{at}.continueOn",
                $"templates.{name} cannot use 'continueOn' when using 'depends'. Instead use 'dep-task.Failed'/'dep-task.Errored'");
        }

        foreach (var (dependency, result) in Depends.Of(task))
        {
            CheckDependency(taskName, dependency, result, at);
        }
    }

    private void CheckDependency(string taskName, string dependency, string? result, string at)
    {
        var prefix = $"templates.{name}.tasks.{taskName}";
        if (result != null && !Depends.IsResult(result))
        {
            problems.Add($"{at}.depends", $"{prefix} task result '{result}' for task '{dependency}' is invalid");
        }

        if (!byName.TryGetValue(dependency, out var other))
        {
            problems.Add(at, $"{prefix} dependency '{dependency}' not defined");
        }
        else if (result is "AnySucceeded" or "AllFailed" && !LoopRules.IsLoop(other))
        {
            problems.Add(
                $"{at}.depends",
                $"{prefix} dependency '{dependency}' uses an items-based condition such as .AnySucceeded or .AllFailed but does not contain any items");
        }
    }

    private void CheckCall(JsonObject task, string at)
    {
        var taskName = task.TextAt("name") ?? "";
        var template = new CallRules(run, home).Check(task, task.ObjectAt("arguments") ?? [], at, $"templates.{name}.tasks.{taskName} ");
        MemberScope.Add(scope, template, $"tasks.{taskName}", LoopRules.IsLoop(task));
    }

    private void CheckTarget()
    {
        var target = dag.TextAt("target") ?? "";
        run.CheckTags([($"{path}.dag.target", target)], scope, $"templates.{name}.targets ");
        foreach (var each in Tags.In(target) ? [] : target.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!byName.ContainsKey(each))
            {
                problems.Add($"{path}.dag.target", $"templates.{name}.targets: target '{each}' is not defined");
            }
        }
    }

    private void CheckTask(JsonObject task, DependencyGraph graph, string at)
    {
        var taskName = task.TextAt("name") ?? "";
        var prefix = $"templates.{name}.tasks.{taskName}";
        var taskScope = new Scope(scope, variable => variable.Split('.') is ["tasks", var other, "status"] && graph.IsBefore(other, taskName));
        if (task["hooks"] != null || task.Has("onExit"))
        {
            taskScope.Add($"tasks.{taskName}.status");
        }

        LoopRules.Check(problems, task, taskScope, at, prefix);
        run.CheckTags(Tags.Texts(task, at, "inline"), taskScope, $"{prefix} ");
        var arguments = task.ObjectAt("arguments") ?? [];
        ArgumentRules.Check(problems, arguments, $"{at}.arguments", $"{prefix}.arguments.", false);
        CheckSources(arguments, other => graph.IsBefore(other, taskName), $"{at}.arguments", prefix);
        HookRules.Check(problems, task, at, prefix);
        if (task.ObjectAt("inline") is { } inline)
        {
            new TemplateRules(run, home, inline, $"{at}.inline", taskScope).Check();
        }
    }

    private void CheckSources(JsonObject arguments, Func<string, bool> isBefore, string at, string prefix)
    {
        foreach (var (field, what, source) in new[] { ("parameters", "parameter", "value"), ("artifacts", "artifact", "from") })
        {
            foreach (var (i, argument) in arguments.ObjectsAt(field))
            {
                if (argument[source].AnyText() is { } text && text.StartsWith("{{tasks.", StringComparison.Ordinal)
                    && text["{{tasks.".Length..].Split('.', 2) is [var task, _] && !isBefore(task))
                {
                    problems.Add($"{at}.{field}[{i}]", $"{prefix} missing dependency '{task}' for {what} '{argument.TextAt("name")}'");
                }
            }
        }
    }
}
