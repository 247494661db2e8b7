using Argosy.Cli.Client;

namespace Argosy.Cli.Trees;

/// <summary>Argo's node field selector: <c>phase=Failed,templateName!=cleanup</c>.</summary>
internal sealed class NodeSelector
{
    public static readonly NodeSelector All = new([]);

    private readonly IReadOnlyList<(string Field, string Value, bool Equal)> terms;

    private NodeSelector(IReadOnlyList<(string Field, string Value, bool Equal)> terms) => this.terms = terms;

    /// <exception cref="CommandException">The text is not a selector.</exception>
    public static NodeSelector Parse(string? text) => new([.. (text ?? "")
        .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Select(Term)]);

    public bool Fits(Node node) => terms.All(term => (Value(node, term.Field) == term.Value) == term.Equal);

    private static (string Field, string Value, bool Equal) Term(string term)
    {
        var at = term.IndexOf('=', StringComparison.Ordinal);
        if (at <= 0)
        {
            throw new CommandException($"selector is invalid: \"{term}\" must be field=value or field!=value");
        }

        var equal = term[at - 1] != '!';
        return (term[..(equal ? at : at - 1)].Trim(), term[(at + 1)..].TrimStart('=').Trim(), equal);
    }

    private static string? Value(Node node, string field) => field switch
    {
        "displayName" => node.DisplayName,
        "name" => node.Name,
        "id" => node.Id,
        "phase" => node.Phase,
        "templateName" => node.Json.Text("templateName") ?? "",
        "templateRef.name" => node.Json.Text("templateRef", "name") ?? "",
        "templateRef.template" => node.Json.Text("templateRef", "template") ?? "",
        _ when field.StartsWith("inputs.parameters.", StringComparison.Ordinal) && field.EndsWith(".value", StringComparison.Ordinal) =>
            InputParameter(node, field["inputs.parameters.".Length..^".value".Length]),
        _ => throw new CommandException(
            $"selector is invalid: nodes have no field {field}; use displayName, templateName, phase, name, id, templateRef.name, " +
            "templateRef.template or inputs.parameters.NAME.value"),
    };

    private static string? InputParameter(Node node, string name) => node.Json.Objects("inputs", "parameters")
        .FirstOrDefault(parameter => parameter.Text("name") == name)
        .AnyText("value");
}
