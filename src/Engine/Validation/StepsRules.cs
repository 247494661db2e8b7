using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;

namespace Argosy.Engine.Validation;

/// <summary>Steps templates. A step sees what came before it.</summary>
internal sealed class StepsRules(ValidationRun run, TemplateHome home, JsonObject template, Scope scope, string path, string name)
{
    private readonly Problems problems = run.Problems;
    private readonly HashSet<string> names = new(StringComparer.Ordinal);

    public void Check()
    {
        foreach (var (i, group) in template.ListAt("steps"))
        {
            if (group is not JsonArray steps)
            {
                problems.Add($"{path}.steps[{i}]", $"templates.{name}.steps[{i}] must be a list of steps");
                continue;
            }

            for (var j = 0; j < steps.Count; j++)
            {
                if (steps[j] is JsonObject step)
                {
                    CheckStep(step, $"{path}.steps[{i}][{j}]", i);
                }
            }
        }
    }

    private void CheckStep(JsonObject step, string at, int group)
    {
        var stepName = step.TextAt("name") ?? "";
        var prefix = $"templates.{name}.steps[{group}].{stepName}";
        CheckName(stepName, at, group);
        scope.Add($"steps.{stepName}.status");
        LoopRules.Check(problems, step, scope, at, prefix);
        var arguments = step.ObjectAt("arguments") ?? [];
        ArgumentRules.Check(problems, arguments, $"{at}.arguments", $"{prefix}.arguments.", false);
        var called = new CallRules(run, home).Check(step, arguments, at, $"{prefix} ");
        if (HookRules.HasExit(step))
        {
            MemberScope.Add(scope, called, $"steps.{stepName}", false);
        }

        HookRules.Check(problems, step, at, prefix);
        run.CheckTags(Tags.Texts(step, at, "inline"), scope, $"templates.{name}.steps ");
        if (step.ObjectAt("inline") is { } inline)
        {
            new TemplateRules(run, home, inline, $"{at}.inline", scope).Check();
        }

        MemberScope.Add(scope, called, $"steps.{stepName}", LoopRules.IsLoop(step));
    }

    private void CheckName(string stepName, string at, int group)
    {
        if (stepName.Length == 0)
        {
            problems.Add($"{at}.name", $"templates.{name}.steps[{group}].name is required");
        }
        else if (!names.Add(stepName))
        {
            problems.Add($"{at}.name", $"templates.{name}.steps[{group}].name '{stepName}' is not unique");
        }
        else if (NameRules.FieldNameProblem(stepName) is { } why)
        {
            problems.Add($"{at}.name", $"templates.{name}.steps[{group}].name '{stepName}' is invalid: {why}");
        }
    }
}
