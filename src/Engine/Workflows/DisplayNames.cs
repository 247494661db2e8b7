using System.Text.RegularExpressions;
using Argosy.Engine.Expressions;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>The name that a template wishes its nodes to be shown by, with its annotation; it may mention inputs.</summary>
internal static partial class DisplayNames
{
    private const string Annotation = "workflows.argoproj.io/display-name";

    /// <summary>Null where there is no wish, or none that can be granted.</summary>
    public static string? Wished(WorkflowState state, Node node)
    {
        if (TemplateLookup.Of(state, node)?.Json.Object("annotations").Text(Annotation) is not { } wish)
        {
            return null;
        }

        try
        {
            var variables = new LayeredVariables(new InputVariables(node.Inputs), new WorkflowVariables(state, node.StartedAt));
            var name = TagText.Parse(wish).Render(variables).Text;
            return Allowed().IsMatch(name) ? name : null;
        }
        catch (ExpressionException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^[a-zA-Z0-9][a-zA-Z0-9-.]{0,61}[a-zA-Z0-9]\z")]
    private static partial Regex Allowed();
}
