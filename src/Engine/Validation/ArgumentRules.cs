using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;

namespace Argosy.Engine.Validation;

/// <summary>Arguments of a workflow, a step or a task.</summary>
internal static class ArgumentRules
{
    private static readonly string[] NotForArguments = ["path", "jsonPath", "parameter", "expression"];

    public static void Check(Problems problems, JsonObject arguments, string path, string prefix, bool allowEmpty)
    {
        NameRules.CheckNames(problems, arguments, "parameters", path, $"{prefix}parameters", NameRules.ValueNameProblem);
        NameRules.CheckNames(problems, arguments, "artifacts", path, $"{prefix}artifacts", NameRules.ValueNameProblem);
        foreach (var (i, parameter) in arguments.ObjectsAt("parameters"))
        {
            CheckParameter(problems, parameter, $"{path}.parameters[{i}]", prefix + parameter.TextAt("name"), allowEmpty);
        }

        foreach (var (i, artifact) in arguments.ObjectsAt("artifacts"))
        {
            var name = prefix + artifact.TextAt("name");
            if (!artifact.Has("from") && !artifact.Has("fromExpression") && !ArtifactRules.HasLocationOrKey(artifact))
            {
                problems.Add($"{path}.artifacts[{i}]", $"{name}.from, artifact location, or key is required");
            }

            if (artifact.Has("from") && artifact.Has("fromExpression"))
            {
                problems.Add($"{path}.artifacts[{i}]", $"{name} shouldn't have both `from` and `fromExpression` in Artifact");
            }
        }
    }

    private static void CheckParameter(Problems problems, JsonObject parameter, string path, string name, bool allowEmpty)
    {
        var value = parameter["value"].AnyText();
        var valueFrom = parameter.ObjectAt("valueFrom");
        if (valueFrom == null && value == null && !allowEmpty)
        {
            problems.Add(path, $"{name}.value or {name}.valueFrom is required");
        }

        if (valueFrom != null
            && ((valueFrom["configMapKeyRef"] == null && !valueFrom.Has("event") && valueFrom["supplied"] == null)
                || NotForArguments.Any(valueFrom.Has)))
        {
            problems.Add($"{path}.valueFrom", $"{name}.valueFrom only allows: default, configMapKeyRef and supplied");
        }

        if (parameter["enum"] is not JsonArray choices)
        {
            return;
        }

        if (choices.Count == 0)
        {
            problems.Add($"{path}.enum", $"{name}.enum should contain at least one value");
        }
        else if (value == null)
        {
            if (!allowEmpty)
            {
                problems.Add($"{path}.value", $"{name}.value is required");
            }
        }
        else if (!choices.Any(choice => choice.AnyText() == value))
        {
            problems.Add($"{path}.value", $"{name}.value should be present in {name}.enum list");
        }
    }
}
