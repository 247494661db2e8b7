using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;

namespace Argosy.Engine.Validation;

/// <summary>The rules that all templates share; those of its type follow.</summary>
/// <param name="outer">What is known around an inline template; null for others.</param>
internal sealed class TemplateRules(ValidationRun run, TemplateHome home, JsonObject template, string path, Scope? outer)
{
    private static readonly string[] RetryPolicies = ["", "Always", "OnFailure", "OnError", "OnTransientError"];
    private static readonly string[] ReservedContainers = ["init", "wait", "supervisor"];

    private readonly Problems problems = run.Problems;
    private readonly string name = template.TextAt("name") ?? "";

    public void Check()
    {
        PlacementRules.Check(problems, template, path);
        PlacementRules.CheckAnnotations(problems, template, path);
        PlacementRules.CheckAnnotations(problems, template.ObjectAt("metadata") ?? [], $"{path}.metadata");
        if (OnlyType() is not { } type)
        {
            return;
        }

        var scope = new Scope(outer);
        if (type.IsPod)
        {
            scope.Add("pod.name");
        }

        InputRules.Check(problems, template, type.IsPod, scope, path, name);
        CheckContainers();
        CheckTimes(type);
        CheckRetry();
        switch (type.Name)
        {
            case "steps":
                new StepsRules(run, home, template, scope, path, name).Check();
                break;
            case "dag":
                new DagRules(run, home, template, scope, path, name).Check();
                break;
            default:
                new LeafRules(run, home, template, type, scope, path, name).Check();
                break;
        }

        OutputRules.Check(run, template, type, scope, path, name);
        ArtifactRules.CheckLocation(problems, template.ObjectAt("archiveLocation") ?? [], $"{path}.archiveLocation", $"templates.{name}.archiveLocation");
        MetricRules.Check(problems, template.ObjectAt("metrics") ?? [], $"{path}.metrics", $"templates.{name}");
    }

    private TemplateType? OnlyType()
    {
        const string Choices = "choose one of: container, containerSet, steps, script, resource, dag, suspend, template, template ref";
        var types = TemplateType.Of(template);
        switch (types.Count)
        {
            case 0:
                problems.Add(path, $"templates.{name} template type unspecified. {Choices}");
                return null;
            case 1:
                return types[0];
            default:
                problems.Add(path, $"templates.{name} multiple template types specified. {Choices}");
                return null;
        }
    }

    private void CheckContainers()
    {
        foreach (var field in new[] { "initContainers", "sidecars" })
        {
            foreach (var (i, container) in template.ObjectsAt(field))
            {
                var containerName = container.TextAt("name") ?? "";
                if (containerName.Length == 0 && field == "initContainers")
                {
                    problems.Add($"{path}.{field}[{i}].name", "initContainers must all have container name");
                }
                else if (IsReserved(containerName))
                {
                    problems.Add($"{path}.{field}[{i}].name", $"templates.{name}.{field}[{i}].name '{containerName}' is reserved");
                }
            }
        }
    }

    /// <summary>Whether Argo's own containers in the pod have the name.</summary>
    public static bool IsReserved(string container) =>
        ReservedContainers.Contains(container) || container.StartsWith("artifact-plugin-", StringComparison.Ordinal);

    private void CheckTimes(TemplateType type)
    {
        if (template.TextAt("timeout") is { Length: > 0 } timeout)
        {
            if (!type.IsPod)
            {
                problems.Add($"{path}.timeout", $"{type} template doesn't support timeout field");
            }
            else if (timeout.All(char.IsAsciiDigit))
            {
                problems.Add($"{path}.timeout", $"{name} has invalid duration format in timeout");
            }
        }

        if (template["activeDeadlineSeconds"] is { } deadline)
        {
            if (type.IsGroup)
            {
                problems.Add($"{path}.activeDeadlineSeconds", $"templates.{name}.activeDeadlineSeconds is only valid for leaf templates");
            }
            else if (!IsPositiveOrTag(deadline))
            {
                problems.Add(
                    $"{path}.activeDeadlineSeconds",
                    $"templates.{name}.activeDeadlineSeconds must be a positive integer > 0 or an argo variable");
            }
        }

        if (template["parallelism"] != null && !type.IsGroup)
        {
            problems.Add($"{path}.parallelism", $"templates.{name}.parallelism is only valid for steps and dag templates");
        }
    }

    private void CheckRetry()
    {
        if (template.ObjectAt("retryStrategy")?.TextAt("retryPolicy") is { } policy && !RetryPolicies.Contains(policy))
        {
            problems.Add($"{path}.retryStrategy.retryPolicy", $"{policy} is not a valid RetryPolicy");
        }
    }

    private static bool IsPositiveOrTag(JsonNode deadline)
    {
        var text = deadline.AnyText() ?? "";
        return Tags.In(text) || (long.TryParse(text, out var seconds) && seconds >= 0);
    }
}
