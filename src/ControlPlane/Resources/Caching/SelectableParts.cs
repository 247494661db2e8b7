namespace Argosy.ControlPlane.Resources.Caching;

/// <summary>What label and field selectors look at; small, so that it can be kept when the object itself is forgotten.</summary>
internal sealed class SelectableParts(IReadOnlyDictionary<string, string> labels, Lazy<IReadOnlyDictionary<string, string>> fields)
{
    public SelectableParts(IReadOnlyDictionary<string, string> labels, IReadOnlyDictionary<string, string> fields)
        : this(labels, new Lazy<IReadOnlyDictionary<string, string>>(fields))
    {
    }

    public IReadOnlyDictionary<string, string> Labels => labels;

    public IReadOnlyDictionary<string, string> Fields => fields.Value;

    /// <summary>Whether every selector treats both the same.</summary>
    public bool SelectedAlike(SelectableParts other) => Same(Labels, other.Labels) && Same(Fields, other.Fields);

    private static bool Same(IReadOnlyDictionary<string, string> left, IReadOnlyDictionary<string, string> right) =>
        left.Count == right.Count && left.All(entry => right.TryGetValue(entry.Key, out var value) && value == entry.Value);
}
