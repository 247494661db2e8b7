namespace Argosy.Engine.Workflows;

/// <summary>
/// Picks nodes by their fields, as <c>--node-field-selector</c> writes it: <c>displayName=approve,phase=Running</c>. Keys:
/// displayName, templateName, phase, name, id, templateRef.name, templateRef.template, inputs.parameters.&lt;p&gt;.value.
/// </summary>
public sealed class NodeFieldSelector
{
    private readonly IReadOnlyList<(string Key, bool Equal, string Value)> terms;

    private NodeFieldSelector(IReadOnlyList<(string Key, bool Equal, string Value)> terms) => this.terms = terms;

    /// <exception cref="FormatException">A term is not of the form key=value, or its key is none of those known.</exception>
    public static NodeFieldSelector Parse(string text)
    {
        List<(string Key, bool Equal, string Value)> terms = [];
        foreach (var term in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = term.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0)
            {
                throw new FormatException($"node field selector '{text}': '{term}' is not of the form key=value");
            }

            var equal = term[at - 1] != '!';
            var key = (equal ? term[..at] : term[..(at - 1)]).Trim();
            if (!IsKnown(key))
            {
                throw new FormatException($"node field selector '{text}': unknown field '{key}'; known are displayName, templateName, phase, "
                    + "name, id, templateRef.name, templateRef.template and inputs.parameters.<name>.value");
            }

            terms.Add((key, equal, term[(at + 1)..].TrimStart('=').Trim()));
        }

        return new NodeFieldSelector(terms);
    }

    public bool Matches(WorkflowState state, Node node) => terms.All(term => (Value(state, node, term.Key) == term.Value) == term.Equal);

    private static bool IsKnown(string key) =>
        key is "displayName" or "templateName" or "phase" or "name" or "id" or "templateRef.name" or "templateRef.template"
        || (key.StartsWith("inputs.parameters.", StringComparison.Ordinal) && key.EndsWith(".value", StringComparison.Ordinal));

    private static string? Value(WorkflowState state, Node node, string key) => key switch
    {
        "displayName" => NodeNames.Display(node.Name, state.At(node.Boundary)?.Name),
        "templateName" => node.TemplateName,
        "phase" => node.Phase.ToString(),
        "name" => node.Name,
        "id" => state.IdOf(node),
        "templateRef.name" => node.Scope.Holder?.Name,
        "templateRef.template" => node.Scope.Holder is null ? null : node.TemplateName,
        _ => node.Inputs.Parameters.FirstOrDefault(parameter => key == $"inputs.parameters.{parameter.Name}.value")?.Value,
    };
}
