using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;

namespace Argosy.Engine.Validation;

/// <summary>
/// Says what is wrong with a Workflow, WorkflowTemplate, ClusterWorkflowTemplate or CronWorkflow: the rules and words of Argo's own
/// validation, but every error at once. Types and unknown fields are <see cref="StrictCheck"/>'s matter; a field of a wrong type counts
/// as not set here.
/// </summary>
public static class WorkflowValidator
{
    private const int LongestName = 63;

    /// <summary>A cron workflow's children add a dash and ten digits to its name.</summary>
    private const int LongestCronName = 52;

    /// <summary>Every error of the manifest; none for kinds without rules.</summary>
    public static IReadOnlyList<FieldError> Validate(JsonObject manifest, ITemplateLookup lookup, ValidationOptions options)
    {
        var problems = new Problems();
        switch (manifest.TextAt("kind"))
        {
            case "Workflow":
                NameRules.CheckObject(problems, manifest, "workflow", LongestName, options.RequireName);
                CheckSpec(problems, manifest, "spec", lookup, options, false);
                break;
            case "WorkflowTemplate":
                NameRules.CheckObject(problems, manifest, "workflow template", LongestName, options.RequireName);
                CheckSpec(problems, manifest, "spec", lookup, options, true);
                break;
            case "ClusterWorkflowTemplate":
                NameRules.CheckObject(problems, manifest, "cluster workflow template", LongestName, options.RequireName);
                CheckSpec(problems, manifest, "spec", lookup, options, true);
                break;
            case "CronWorkflow":
                NameRules.CheckObject(problems, manifest, "cron workflow", LongestCronName, options.RequireName);
                CheckCron(problems, manifest, lookup, options);
                break;
        }

        return problems.Errors;
    }

    private static void CheckCron(Problems problems, JsonObject manifest, ITemplateLookup lookup, ValidationOptions options)
    {
        if (manifest.ObjectAt("spec") is not { } spec)
        {
            problems.Add("spec", "spec is required");
            return;
        }

        CronRules.Check(problems, spec);

        // Its children get the labels and annotations of workflowMetadata.
        var child = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["namespace"] = manifest.ObjectAt("metadata")?["namespace"]?.DeepClone(),
                ["labels"] = spec.ObjectAt("workflowMetadata")?["labels"]?.DeepClone(),
                ["annotations"] = spec.ObjectAt("workflowMetadata")?["annotations"]?.DeepClone(),
            },
            ["spec"] = spec["workflowSpec"]?.DeepClone(),
        };
        problems.Prefix = "cannot validate Workflow: ";
        CheckSpec(problems, child, "spec.workflowSpec", lookup, options, false);
    }

    private static void CheckSpec(
        Problems problems, JsonObject manifest, string path, ITemplateLookup lookup, ValidationOptions options, bool ofTemplate)
    {
        if (manifest.ObjectAt("spec") is not { } spec)
        {
            problems.Add(path, $"{path} is required");
            return;
        }

        var metadata = manifest.ObjectAt("metadata") ?? [];
        var run = new ValidationRun(problems, lookup, options, metadata.TextAt("namespace") ?? "default") { OfTemplate = ofTemplate };
        new SpecRules(run, metadata, spec, path).Check();
    }
}
