using System.Diagnostics.CodeAnalysis;

namespace Argosy.Engine.Placement;

/// <summary>
/// A Kubernetes label selector: comma-separated requirements that must all hold. Equality-based (<c>a=b</c>, <c>a!=b</c>) and set-based
/// (<c>a in (x,y)</c>, <c>a notin (x)</c>, <c>a</c>, <c>!a</c>, <c>a&gt;1</c>, <c>a&lt;9</c>) forms mix freely. As in Kubernetes, <c>!=</c>
/// and <c>notin</c> also hold where the label is missing.
/// </summary>
public sealed class LabelSelector
{
    private readonly IReadOnlyList<LabelRequirement> requirements;

    internal LabelSelector(IReadOnlyList<LabelRequirement> requirements) => this.requirements = requirements;

    /// <summary>The selector that every object matches.</summary>
    public static LabelSelector Everything { get; } = new([]);

    internal IReadOnlyList<LabelRequirement> Requirements => requirements;

    public bool IsEmpty => requirements.Count == 0;

    /// <exception cref="FormatException">The text is no selector; the message says where and why.</exception>
    public static LabelSelector Parse(string? text) =>
        string.IsNullOrWhiteSpace(text) ? Everything : new LabelSelector(new LabelSelectorParser(text).Parse());

    public static bool TryParse(string? text, [NotNullWhen(true)] out LabelSelector? selector, [NotNullWhen(false)] out string? error)
    {
        try
        {
            (selector, error) = (Parse(text), null);
            return true;
        }
        catch (FormatException refusal)
        {
            (selector, error) = (null, refusal.Message);
            return false;
        }
    }

    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        foreach (var requirement in requirements)
        {
            if (!requirement.Matches(labels))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The requirements that the labels do not meet, in the selector's order: why something was not selected.</summary>
    public IEnumerable<string> Unmet(IReadOnlyDictionary<string, string> labels) =>
        requirements.Where(requirement => !requirement.Matches(labels)).Select(requirement => requirement.ToString());

    public override string ToString() => string.Join(',', requirements);
}
