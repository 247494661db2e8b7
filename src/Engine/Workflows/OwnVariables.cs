using Argosy.Engine.Expressions;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>
/// <c>steps.name</c> and <c>tasks.name</c>: what the step or task that called a template is called, with its item's mark where it is of a
/// loop. An attempt has the name of its first caller.
/// </summary>
internal static class CallerNames
{
    public static string? Of(WorkflowState state, Node node, string name)
    {
        var caller = node.Is(NodeFlags.Retried) ? state.At(node.Owner) ?? node : node;
        if (caller.StepName is null || state.At(caller.Boundary) is not { } boundary
            || name != (boundary.Type == NodeType.DAG ? "tasks.name" : "steps.name"))
        {
            return null;
        }

        // N.task, or N[0].step: what follows the first dot behind the boundary's name.
        var dot = caller.Name.IndexOf('.', boundary.Name.Length);
        return dot < 0 ? caller.StepName : caller.Name[(dot + 1)..];
    }
}

/// <summary>The <c>inputs.*</c> variables of one node.</summary>
internal sealed class InputVariables(NodeInputs inputs) : IVariables
{
    private const string Parameter = "inputs.parameters.";
    private const string Artifact = "inputs.artifacts.";

    public string? Find(string name)
    {
        if (name.StartsWith(Parameter, StringComparison.Ordinal))
        {
            var wanted = name.AsSpan(Parameter.Length);
            foreach (var parameter in inputs.Parameters)
            {
                if (wanted.SequenceEqual(parameter.Name))
                {
                    return parameter.Value;
                }
            }

            return null;
        }

        if (name.StartsWith(Artifact, StringComparison.Ordinal))
        {
            var wanted = name[Artifact.Length..];
            var path = wanted.EndsWith(".path", StringComparison.Ordinal);
            var artifact = inputs.Artifacts.FirstOrDefault(artifact => artifact.Name == (path ? wanted[..^5] : wanted));
            return path ? artifact?.Json.Text("path") : artifact?.Json.ToJsonString();
        }

        return name == "inputs.parameters" ? VariableJson.Of(inputs.Parameters) : null;
    }

    public IEnumerable<KeyValuePair<string, string>> Under(string root)
    {
        foreach (var name in inputs.Parameters.Select(parameter => Parameter + parameter.Name)
            .Concat(inputs.Artifacts.SelectMany(artifact => new[] { Artifact + artifact.Name, $"{Artifact}{artifact.Name}.path" })))
        {
            if (LocalVariables.IsUnder(name, root) && Find(name) is { } value)
            {
                yield return new(name, value);
            }
        }
    }
}
