using System.Text;

namespace Argosy.Engine.Workflows;

/// <summary>
/// Picks nodes by their fields, as <c>--node-field-selector</c> writes it: <c>displayName=approve,phase!=Failed</c>. Keys:
/// displayName, templateName, phase, name, id, templateRef.name, templateRef.template, inputs.parameters.&lt;p&gt;.value. As with Kubernetes'
/// field selectors all terms must hold, a field that a node has not counts as empty, and a backslash takes the meaning from
/// <c>, = \</c>.
/// </summary>
/// <remarks>selector = [ term { "," term } ] ; term = key ( "!=" | "==" | "=" ) value.</remarks>
public sealed class NodeFieldSelector
{
    private readonly IReadOnlyList<(string Key, bool Equal, string Value)> terms;
    private readonly string text;

    private NodeFieldSelector(string text, IReadOnlyList<(string Key, bool Equal, string Value)> terms)
    {
        this.text = text;
        this.terms = terms;
    }

    /// <exception cref="FormatException">A term is not of the form key=value.</exception>
    public static NodeFieldSelector Parse(string text) => new(text, [.. Split(text).Where(term => term.Trim().Length > 0).Select(term => Term(text, term))]);

    public bool Matches(WorkflowState state, Node node) => terms.All(term => (Value(state, node, term.Key) == term.Value) == term.Equal);

    /// <summary>The selector as it was written.</summary>
    public override string ToString() => text;

    private static (string Key, bool Equal, string Value) Term(string selector, string term)
    {
        for (var at = 0; at < term.Length; at++)
        {
            var length = term.AsSpan(at) switch
            {
                ['!', '=', ..] or ['=', '=', ..] => 2,
                ['=', ..] => 1,
                _ => 0,
            };
            if (length > 0)
            {
                return (term[..at].Trim(), term[at] == '=', Unescaped(selector, term[(at + length)..].Trim()));
            }

            at += term[at] == '\\' ? 1 : 0;
        }

        throw new FormatException($"invalid selector: '{selector}'; can't understand '{term}'");
    }

    private static IEnumerable<string> Split(string text)
    {
        var from = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == ',')
            {
                yield return text[from..at];
                from = at + 1;
            }

            at += text[at] == '\\' ? 1 : 0;
        }

        yield return text[from..];
    }

    private static string Unescaped(string selector, string value)
    {
        var plain = new StringBuilder(value.Length);
        for (var at = 0; at < value.Length; at++)
        {
            if (value[at] == '\\')
            {
                at++;
                if (at == value.Length || value[at] is not (',' or '=' or '\\'))
                {
                    throw new FormatException($"invalid selector: '{selector}'; a backslash must stand before one of , = \\");
                }
            }
            else if (value[at] is '=')
            {
                throw new FormatException($"invalid selector: '{selector}'; can't understand '{value}'");
            }

            plain.Append(value[at]);
        }

        return plain.ToString();
    }

    private static string Value(WorkflowState state, Node node, string key) => key switch
    {
        "displayName" => NodeNames.Display(state, node),
        "templateName" => node.TemplateName,
        "phase" => node.Phase.ToString(),
        "name" => node.Name,
        "id" => state.IdOf(node),
        "templateRef.name" => node.Scope.Holder?.Name ?? "",
        "templateRef.template" => node.Scope.Holder is null ? "" : node.TemplateName,
        _ => node.Inputs.Parameters.FirstOrDefault(parameter => key == $"inputs.parameters.{parameter.Name}.value")?.Value ?? "",
    };
}
