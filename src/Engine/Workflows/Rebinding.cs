using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>Works out what a node that exists would be given if it were called now.</summary>
internal static class Rebinding
{
    /// <summary>Gives groups that a retry keeps their inputs anew: a parameter of the retry reaches whatever is called from within them.</summary>
    /// <param name="reopened">Owners before what they own.</param>
    public static void Renew(Turn turn, IEnumerable<int> reopened)
    {
        foreach (var node in reopened.Select(turn.State.At).OfType<Node>().Where(node => node.Type is NodeType.Steps or NodeType.DAG))
        {
            Bind(turn, node);
        }
    }

    /// <summary>Gives a node the inputs that its record does not have: upstream's Retry nodes, for one, are recorded without them.</summary>
    public static void Complete(Turn turn, Node node, Template template)
    {
        if (template.Inputs.Parameters.Any(input => node.Inputs.Parameters.All(given => given.Name != input.Name)))
        {
            Bind(turn, node);
        }
    }

    private static void Bind(Turn turn, Node node)
    {
        // Where they cannot be worked out (a value came from what is gone) the node keeps what it was given.
        if (TemplateLookup.Of(turn.State, node) is { } template && InputsOf(turn, node, template) is { } inputs)
        {
            turn.Record(new NodeInputsSet(node.Index, inputs));
        }
    }

    private static NodeInputs? InputsOf(Turn turn, Node node, Template template)
    {
        try
        {
            if (node.Name == turn.State.Name)
            {
                return InputBinding.Bind(turn.State, template, WorkflowEvaluation.OwnArguments(turn.State), new WorkflowVariables(turn.State, turn.Now)).Inputs;
            }

            if (node.Is(NodeFlags.Retried) && turn.State.At(node.Owner) is { } retry)
            {
                return retry.Inputs;
            }

            if (node.Is(NodeFlags.Hooked) || turn.State.At(node.Boundary) is not { } boundary
                || TemplateLookup.Of(turn.State, boundary) is not { } around || around.FindStep(node.StepName ?? "") is not { } step)
            {
                return null;
            }

            var variables = StepsEvaluation.VariablesOf(turn, boundary, around);
            if (CallOf(turn.State, node, step, variables) is not { } planned)
            {
                return null;
            }

            var seen = StepCalls.Seen(planned, variables);
            var rendered = step.Tags.Render(seen);
            return InputBinding.Bind(turn.State, template, StepCalls.ArgumentsOf((JsonObject)rendered.Json!, rendered), seen).Inputs;
        }
        catch (ExpressionException)
        {
            return null;
        }
    }

    private static PlannedCall? CallOf(WorkflowState state, Node node, Step step, IVariables variables)
    {
        var owner = state.At(node.Owner);
        var name = owner?.Type switch
        {
            NodeType.TaskGroup => owner.Name,
            NodeType.StepGroup => $"{owner.Name}.{step.Name}",
            _ => node.Name,
        };
        return StepCalls.Expand(step, name, variables).FirstOrDefault(planned => planned.NodeName == node.Name);
    }
}
