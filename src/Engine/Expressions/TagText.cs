using System.Text;
using Argosy.Engine.Expressions.Tags;

namespace Argosy.Engine.Expressions;

/// <summary>A text with <c>{{name}}</c> and <c>{{=expression}}</c> tags, parsed once and rendered often. The grammar is at <see cref="TagParser"/>.</summary>
public sealed class TagText
{
    private readonly Segment[]? segments;
    private readonly Rendered? unchanged;

    private TagText(string source, Segment[]? segments)
    {
        Source = source;
        this.segments = segments;
        unchanged = segments is null ? new Rendered(source, [], []) : null;
        References = segments is null ? [] : [.. segments.SelectMany(segment => segment.References).Distinct(StringComparer.Ordinal)];
    }

    public string Source { get; }

    public bool HasTags => segments is not null;

    /// <summary>
    /// The variables the text asks for: names of simple tags without the blanks around them, and the paths in expressions. A name that
    /// depends on a tag inside it is not known before rendering and not among them.
    /// </summary>
    public IReadOnlyList<string> References { get; }

    /// <summary>Never fails: what is not a tag is plain text, and a tag whose expression is wrong fails when it is rendered.</summary>
    public static TagText Parse(string text) => new(text, TagParser.Parse(text));

    /// <summary>Puts values in the place of tags, in one pass: tags inside values stay as they are.</summary>
    /// <exception cref="ExpressionException">An expression is wrong, or has no result.</exception>
    public Rendered Render(IVariables variables)
    {
        if (unchanged is not null)
        {
            return unchanged;
        }

        var findings = new Findings();
        var text = Render(variables, findings);
        return new Rendered(text, findings.Unresolved, findings.Absent);
    }

    internal string Render(IVariables variables, Findings findings)
    {
        switch (segments)
        {
            case null:
                return Source;
            case [var only]:
                return only.Render(variables, findings, out _);
            default:
                var text = new StringBuilder();
                foreach (var segment in segments)
                {
                    text.Append(segment.Render(variables, findings, out _));
                }

                return text.ToString();
        }
    }
}
