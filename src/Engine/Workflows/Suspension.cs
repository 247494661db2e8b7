using Argosy.Engine.Expressions;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>Suspend nodes: they wait for a person or for time to pass.</summary>
internal static class Suspension
{
    public static void Start(Turn turn, NodeCreated created, Template template)
    {
        try
        {
            turn.Create(created with { WakeAt = Until(turn, created.Inputs ?? NodeInputs.None, template) });
        }
        catch (ExpressionException failure)
        {
            Launching.Fail(turn, created with { Phase = NodePhase.Error, Message = failure.Message });
        }
    }

    /// <summary>When a suspension that begins now ends by itself; null: it waits for a person.</summary>
    /// <exception cref="ExpressionException">Its duration is none.</exception>
    public static DateTimeOffset? Until(Turn turn, NodeInputs inputs, Template template)
    {
        if (template.Json.Object("suspend").Text("duration") is not { Length: > 0 } duration)
        {
            return null;
        }

        var text = TagText.Parse(duration).Render(new LayeredVariables(new InputVariables(inputs), new WorkflowVariables(turn.State, turn.Now))).Text;
        return turn.Now + (Duration.Parse(text) ?? throw new ExpressionException($"suspend duration '{text}' is not a duration"));
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
