using Argosy.ControlPlane.Resources.Caching;

namespace Argosy.ControlPlane.Resources.Endpoints;

/// <summary>A Kubernetes field selector: comma-separated <c>path=value</c>, <c>path==value</c> and <c>path!=value</c>.</summary>
internal sealed class FieldSelector
{
    private const string NameField = "metadata.name";
    private const string NamespaceField = "metadata.namespace";
    private readonly List<Term> terms = [];

    public bool IsEmpty => terms.Count == 0;

    /// <exception cref="ApiException">The text is no selector, or objects of the kind cannot be selected by such a field.</exception>
    public static FieldSelector Parse(ResourceKind kind, string? text)
    {
        var selector = new FieldSelector();
        foreach (var term in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            selector.terms.Add(ParseTerm(kind, term));
        }

        return selector;
    }

    public bool Matches(ResourceKey key, SelectableParts parts)
    {
        foreach (var (field, value, wanted) in terms)
        {
            var actual = field switch
            {
                NameField => key.Name,
                NamespaceField => key.Namespace ?? "",
                _ => parts.Fields.GetValueOrDefault(field, ""),
            };
            if ((actual == value) != wanted)
            {
                return false;
            }
        }

        return true;
    }

    private static Term ParseTerm(ResourceKind kind, string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        if (at <= 0)
        {
            throw ApiErrors.BadRequest($"invalid field selector: \"{text}\"; expected path=value, path==value or path!=value");
        }

        var wanted = text[at - 1] != '!';
        var field = text[..(wanted ? at : at - 1)].Trim();
        var value = text[(at + 1)..];
        value = (wanted && value.StartsWith('=') ? value[1..] : value).Trim();
        return field is NameField or NamespaceField || SelectableFields.NamesOf(kind).Contains(field)
            ? new Term(field, value, wanted)
            : throw ApiErrors.BadRequest($"field label not supported: {field}");
    }

    private sealed record Term(string Field, string Value, bool Wanted);
}
