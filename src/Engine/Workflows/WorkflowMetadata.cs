using Argosy.Engine.Expressions;
using Argosy.Engine.Placement;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>
/// Labels and annotations that a workflow's own spec puts on its object when it is first taken up (<c>workflowMetadata</c>), and the label
/// that names the workflow template it runs.
/// </summary>
internal static class WorkflowMetadata
{
    private const string Prefix = "workflows.argoproj.io/";

    /// <returns>What is wrong with them; null: the object has them from now on.</returns>
    public static string? Stamp(Turn turn)
    {
        var state = turn.State;
        var metadata = state.Spec!.Json.Object("workflowMetadata");
        var labels = Missing(state, "labels");
        if (state.WorkflowTemplateRef is { } reference && LabelSyntax.ValueError(reference.Name) is null)
        {
            labels[Prefix + (reference.Kind == ResourceRefKind.ClusterWorkflowTemplate ? "cluster-workflow-template" : "workflow-template")] = reference.Name;
        }

        foreach (var (name, value) in metadata.TextMap("labels"))
        {
            if (LabelSyntax.ValueError(value) is { } error)
            {
                return $"invalid label value \"{value}\" for label \"{name}\": {error}";
            }

            labels[name] = value;
        }

        var annotations = Missing(state, "annotations");
        foreach (var (name, value) in metadata.TextMap("annotations"))
        {
            annotations[name] = value;
        }

        var own = labels.Select(pair => ("workflow.labels." + pair.Key, pair.Value))
            .Concat(annotations.Select(pair => ("workflow.annotations." + pair.Key, pair.Value)))
            .ToDictionary(pair => pair.Item1, pair => pair.Value, StringComparer.Ordinal);
        var variables = new LocalVariables(own, new WorkflowVariables(state, turn.Now));
        foreach (var (name, source) in metadata.Object("labelsFrom") ?? [])
        {
            if (Evaluate(name, (source as System.Text.Json.Nodes.JsonObject).Text("expression") ?? "", variables, out var value) is { } error)
            {
                return error;
            }

            labels[name] = value;
            own["workflow.labels." + name] = value;
        }

        if (labels.Count > 0 || annotations.Count > 0)
        {
            turn.Record(new MetadataStamped(labels, annotations));
        }

        return null;
    }

    /// <summary>The hub's defaults that the manifest does not have.</summary>
    private static Dictionary<string, string> Missing(WorkflowState state, string field)
    {
        var given = state.Manifest.Object("metadata").TextMap(field);
        return (state.HubSettings?.WorkflowDefaults.Object("metadata").TextMap(field) ?? new Dictionary<string, string>())
            .Where(pair => !given.ContainsKey(pair.Key)).ToDictionary(StringComparer.Ordinal);
    }

    private static string? Evaluate(string label, string expression, IVariables variables, out string value)
    {
        value = "";
        try
        {
            if (Expression.Parse(expression).Evaluate(variables) is not string text)
            {
                return $"failed to evaluate label \"{label}\" expression \"{expression}\": it must be a string";
            }

            value = text;
        }
        catch (ExpressionException failure)
        {
            return $"failed to evaluate label \"{label}\" expression \"{expression}\": {failure.Message}";
        }

        return LabelSyntax.ValueError(value) is { } error
            ? $"invalid label value \"{value}\" for label \"{label}\" and expression \"{expression}\": {error}"
            : null;
    }
}
