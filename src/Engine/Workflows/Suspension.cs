using Argosy.Engine.Expressions;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>Suspend nodes: they wait for a person or for time to pass.</summary>
internal static class Suspension
{
    public static void Start(Turn turn, NodeCreated created, Template template)
    {
        DateTimeOffset? until = null;
        if (template.Json.Object("suspend").Text("duration") is { Length: > 0 } duration)
        {
            var inputs = created.Inputs ?? NodeInputs.None;
            try
            {
                var text = TagText.Parse(duration)
                    .Render(new LayeredVariables(new InputVariables(inputs), new WorkflowVariables(turn.State, turn.Now))).Text;
                until = turn.Now + (Duration.Parse(text) ?? throw new ExpressionException($"suspend duration '{text}' is not a duration"));
            }
            catch (ExpressionException failure)
            {
                Launching.Fail(turn, created with { Phase = NodePhase.Error, Message = failure.Message });
                return;
            }
        }

        turn.Create(created with { WakeAt = until });
    }

    /// <summary>Lets the node go on, with its supplied outputs or their defaults.</summary>
    /// <returns>What is missing; null: it went on.</returns>
    public static string? Resume(Turn turn, Node node, string? message = null)
    {
        List<ParameterValue> outputs = [];
        foreach (var parameter in turn.TemplateOf(node).Outputs.Parameters.Where(parameter => parameter.ValueFrom?.Supplied ?? false))
        {
            var value = node.Outputs.Parameter(parameter.Name) ?? parameter.ValueFrom?.Default ?? parameter.Default;
            if (value is null)
            {
                return $"raw output parameter '{parameter.Name}' has not been set and does not have a default value";
            }

            outputs.Add(new ParameterValue(parameter.Name, value));
        }

        turn.End(node, NodePhase.Succeeded, message, new NodeOutputs { Parameters = outputs });
        return null;
    }

    public static void OnTime(Turn turn, Node node)
    {
        if (Resume(turn, node) is { } missing)
        {
            turn.End(node, NodePhase.Error, missing);
        }
    }
}
