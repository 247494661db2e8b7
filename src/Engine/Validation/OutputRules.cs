using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;

namespace Argosy.Engine.Validation;

/// <summary>What a template gives.</summary>
internal static class OutputRules
{
    private static readonly string[] Sources = ["path", "jqFilter", "jsonPath", "parameter", "expression"];

    public static void Check(ValidationRun run, JsonObject template, TemplateType type, Scope scope, string path, string name)
    {
        if (template.ObjectAt("outputs") is not { } outputs)
        {
            return;
        }

        var problems = run.Problems;
        path = $"{path}.outputs";
        NameRules.CheckNames(problems, outputs, "parameters", path, $"templates.{name}.outputs.parameters ", NameRules.ValueNameProblem);
        NameRules.CheckNames(problems, outputs, "artifacts", path, $"templates.{name}.outputs.artifacts ", NameRules.ValueNameProblem);
        run.CheckTags(Tags.Texts(outputs, path), scope, $"templates.{name}.outputs ");
        foreach (var (i, artifact) in outputs.ObjectsAt("artifacts"))
        {
            CheckArtifact(problems, artifact, type, $"{path}.artifacts[{i}]", name);
        }

        foreach (var (i, parameter) in outputs.ObjectsAt("parameters"))
        {
            CheckParameter(problems, parameter, type, $"{path}.parameters[{i}]", $"templates.{name}.outputs.parameters.{parameter.TextAt("name")}");
        }
    }

    private static void CheckArtifact(Problems problems, JsonObject artifact, TemplateType type, string path, string template)
    {
        var reference = $"outputs.artifacts.{artifact.TextAt("name")}";
        if (type.IsPod)
        {
            ArtifactRules.CheckPath(problems, artifact, path, template, reference);
        }
        else if (artifact.Has("path"))
        {
            problems.Add($"{path}.path", $"templates.{template}.{reference}.path only valid in container/script templates");
        }

        CheckGlobalName(problems, artifact, path, $"templates.{template}.{reference}");
    }

    private static void CheckParameter(Problems problems, JsonObject parameter, TemplateType type, string path, string reference)
    {
        CheckGlobalName(problems, parameter, path, reference);
        var valueFrom = parameter.ObjectAt("valueFrom");
        if (parameter["value"] != null)
        {
            if (valueFrom != null)
            {
                problems.Add(path, $"{reference} has both valueFrom and value specified, choose one");
            }

            return;
        }

        if (valueFrom == null)
        {
            problems.Add(path, $"{reference} does not have valueFrom or value specified");
            return;
        }

        var at = $"{path}.valueFrom";
        switch (Sources.Count(valueFrom.Has) + (valueFrom["supplied"] != null ? 1 : 0))
        {
            case 0:
                problems.Add(at, "valueFrom type unspecified. choose one of: path, jqFilter, jsonPath, parameter, raw, expression");
                break;
            case > 1:
                problems.Add(at, "multiple valueFrom types specified. choose one of: path, jqFilter, jsonPath, parameter, raw");
                break;
            default:
                CheckSource(problems, valueFrom, type, at, reference);
                break;
        }
    }

    private static void CheckSource(Problems problems, JsonObject valueFrom, TemplateType type, string path, string reference)
    {
        if (type.Name is "container" or "containerSet" or "script" && !valueFrom.Has("path"))
        {
            problems.Add(path, $"{reference}.path must be specified for {type} templates");
        }
        else if (type.Name == "resource" && !valueFrom.Has("jqFilter") && !valueFrom.Has("jsonPath"))
        {
            problems.Add(path, $"{reference} .jqFilter or jsonPath must be specified for {type} templates");
        }
        else if (type.IsGroup && !valueFrom.Has("parameter") && !valueFrom.Has("expression"))
        {
            problems.Add(path, $"{reference}.parameter or expression must be specified for {type} templates");
        }
    }

    private static void CheckGlobalName(Problems problems, JsonObject output, string path, string reference)
    {
        if (output.TextAt("globalName") is { Length: > 0 } name && !Tags.In(name) && NameRules.ValueNameProblem(name) is { } why)
        {
            problems.Add($"{path}.globalName", $"{reference}.globalName: {why}");
        }
    }
}
