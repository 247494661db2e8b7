using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>The outputs of Steps and DAG nodes: what their templates pick from their members.</summary>
internal static class GroupOutputs
{
    /// <summary>Ends the group successfully with its outputs, or in Error when one cannot be worked out.</summary>
    public static void EndWith(Turn turn, Node node, Template template)
    {
        if (template.Outputs.Parameters.Count == 0 && template.Outputs.Artifacts.Count == 0)
        {
            turn.End(node, NodePhase.Succeeded);
            return;
        }

        try
        {
            var variables = StepsEvaluation.VariablesOf(turn, node, template);
            turn.End(node, NodePhase.Succeeded, null, new NodeOutputs
            {
                Parameters = [.. template.Outputs.Parameters.Select(output => Parameter(output, variables)).OfType<ParameterValue>()],
                Artifacts = [.. template.Outputs.Artifacts.Select(output => Artifact(output, variables)).OfType<ArtifactValue>()],
            });
        }
        catch (ExpressionException failure)
        {
            turn.End(node, NodePhase.Error, failure.Message);
        }
    }

    private static ParameterValue? Parameter(Parameter output, IVariables variables)
    {
        var source = output.ValueFrom;
        if (source?.Expression is { Length: > 0 } expression)
        {
            return new ParameterValue(output.Name, Evaluate(output.Name, expression, source.Default, variables));
        }

        if (source?.Parameter is { Length: > 0 } reference)
        {
            var rendered = TagText.Parse(reference).Render(variables);
            var missing = rendered.Absent.Concat(rendered.Unresolved.Where(StepCalls.MustResolve)).FirstOrDefault();
            return missing is null
                ? new ParameterValue(output.Name, rendered.Text)
                : new ParameterValue(output.Name, source.Default ?? throw new ExpressionException($"failed to resolve {{{{{missing}}}}}"));
        }

        var own = output.Value ?? source?.Default;
        return own is null ? null : new ParameterValue(output.Name, TagText.Parse(own).Render(variables).Text);
    }

    /// <summary>The default stands in for an expression that has no value, and for one that cannot be evaluated.</summary>
    private static string Evaluate(string name, string expression, string? otherwise, IVariables variables)
    {
        try
        {
            return Expression.Parse(expression).Evaluate(variables) is { } value
                ? ExpressionText.Of(value)
                : otherwise ?? throw new ExpressionException($"output parameter {name}: expression '{expression}' has no value");
        }
        catch (ExpressionException) when (otherwise is not null)
        {
            return otherwise;
        }
    }

    private static ArtifactValue? Artifact(Artifact output, IVariables variables)
    {
        if (ArtifactSource.Resolve(output, variables) is not { } source)
        {
            return output.Optional
                ? null
                : throw new ExpressionException($"failed to resolve artifact {output.Name} from {output.From ?? output.FromExpression}");
        }

        var json = (JsonObject)source.DeepClone();
        json["name"] = output.Name;
        return new ArtifactValue(output.Name, json);
    }
}

/// <summary>Outputs with a globalName become the workflow's; the last writer wins.</summary>
internal static class GlobalOutputs
{
    public static void Export(Turn turn, Node node)
    {
        if (node.Outputs.IsEmpty || node.Type is NodeType.StepGroup or NodeType.TaskGroup or NodeType.Skipped or NodeType.Container
            || node.Is(NodeFlags.Retried) || TemplateLookup.Of(turn.State, node) is not { } template)
        {
            return;
        }

        foreach (var declared in template.Outputs.Parameters.Where(output => output.GlobalName is { Length: > 0 }))
        {
            if (node.Outputs.Parameter(declared.Name) is { } value)
            {
                turn.Record(new GlobalOutputSet(new ParameterValue(Rendered(turn, node, declared.GlobalName!), value), null));
            }
        }

        foreach (var declared in template.Outputs.Artifacts.Where(output => output.GlobalName is { Length: > 0 }))
        {
            if (node.Outputs.Artifact(declared.Name) is { } artifact)
            {
                var name = Rendered(turn, node, declared.GlobalName!);
                var json = (JsonObject)artifact.Json.DeepClone();
                json["name"] = name;
                turn.Record(new GlobalOutputSet(null, new ArtifactValue(name, json)));
            }
        }
    }

    private static string Rendered(Turn turn, Node node, string name) => TagText.Parse(name)
        .Render(new LayeredVariables(new InputVariables(node.Inputs), new WorkflowVariables(turn.State, turn.Now))).Text;
}
