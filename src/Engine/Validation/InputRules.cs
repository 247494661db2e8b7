using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;

namespace Argosy.Engine.Validation;

/// <summary>What a template takes.</summary>
internal static class InputRules
{
    /// <summary>Checks the inputs and makes them known to the template.</summary>
    public static void Check(Problems problems, JsonObject template, bool isPod, Scope scope, string path, string name)
    {
        var inputs = template.ObjectAt("inputs") ?? [];
        NameRules.CheckNames(problems, inputs, "parameters", $"{path}.inputs", $"templates.{name}.inputs.parameters", NameRules.ValueNameProblem);
        NameRules.CheckNames(problems, inputs, "artifacts", $"{path}.inputs", $"templates.{name}.inputs.artifacts", NameRules.ValueNameProblem);
        Declare(inputs, scope);
        foreach (var (i, artifact) in inputs.ObjectsAt("artifacts"))
        {
            var at = $"{path}.inputs.artifacts[{i}]";
            var reference = $"inputs.artifacts.{artifact.TextAt("name")}";
            if (isPod)
            {
                ArtifactRules.CheckPath(problems, artifact, at, name, reference);
            }
            else if (artifact.Has("path"))
            {
                problems.Add($"{at}.path", $"templates.{name}.{reference}.path only valid in container/script templates");
            }

            if (artifact.Has("from"))
            {
                problems.Add($"{at}.from", $"templates.{name}.{reference}.from not valid in inputs");
            }

            if (artifact.Has("fromExpression"))
            {
                problems.Add($"{at}.fromExpression", $"templates.{name}.{reference}.fromExpression not valid in inputs");
            }

            ArtifactRules.CheckLocation(problems, artifact, at, $"templates.{name}.{reference}");
        }
    }

    /// <summary>Every input must come from an argument or from the template itself.</summary>
    public static void CheckSupplied(Problems problems, JsonObject template, JsonObject arguments, string path, string prefix)
    {
        var inputs = template.ObjectAt("inputs") ?? [];
        var name = template.TextAt("name");
        var parameters = arguments.ObjectsAt("parameters")
            .Where(argument => argument.Value["value"] != null || argument.Value["valueFrom"] != null)
            .Select(argument => argument.Value.TextAt("name"))
            .ToHashSet();
        foreach (var (_, input) in inputs.ObjectsAt("parameters"))
        {
            if (input["value"] == null && input["valueFrom"] == null && input["default"] == null && !parameters.Contains(input.TextAt("name")))
            {
                problems.Add(path, $"{prefix}templates.{name} inputs.parameters.{input.TextAt("name")} was not supplied");
            }
        }

        var artifacts = arguments.ObjectsAt("artifacts").Select(argument => argument.Value.TextAt("name")).ToHashSet();
        foreach (var (_, input) in inputs.ObjectsAt("artifacts"))
        {
            if (!input.FlagAt("optional") && !ArtifactRules.HasLocationOrKey(input) && !artifacts.Contains(input.TextAt("name")))
            {
                problems.Add(path, $"{prefix}templates.{name} inputs.artifacts.{input.TextAt("name")} was not supplied");
            }
        }
    }

    private static void Declare(JsonObject inputs, Scope scope)
    {
        foreach (var (_, parameter) in inputs.ObjectsAt("parameters"))
        {
            scope.Add("inputs.parameters");
            scope.Add($"inputs.parameters.{parameter.TextAt("name")}");
        }

        foreach (var (_, artifact) in inputs.ObjectsAt("artifacts"))
        {
            scope.Add($"inputs.artifacts.{artifact.TextAt("name")}");
            scope.Add($"inputs.artifacts.{artifact.TextAt("name")}.path");
        }
    }
}
