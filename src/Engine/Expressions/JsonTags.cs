using System.Text.Json.Nodes;
using Argosy.Engine.Expressions.Tags;

namespace Argosy.Engine.Expressions;

/// <summary>
/// A JSON tree with tags in its texts and map keys, compiled once and rendered often. Values enter texts as they are, which is what
/// replacing tags in marshalled JSON with escaped values comes to.
/// </summary>
public sealed class JsonTags
{
    private readonly JsonTemplate template;

    private JsonTags(JsonTemplate template)
    {
        this.template = template;
        References = [.. template.References.Distinct(StringComparer.Ordinal)];
    }

    public bool HasTags => template is not ConstantTemplate;

    /// <summary>The variables the tree asks for; see <see cref="TagText.References"/>.</summary>
    public IReadOnlyList<string> References { get; }

    /// <summary>The tree is copied: changing it later changes nothing here.</summary>
    public static JsonTags Compile(JsonNode? node) => new(JsonTemplate.Compile(node));

    /// <exception cref="ExpressionException">An expression is wrong, or has no result.</exception>
    public RenderedJson Render(IVariables variables)
    {
        var findings = new Findings();
        var json = template.Render(variables, findings);
        return new RenderedJson(json, findings.Unresolved, findings.Absent);
    }
}
