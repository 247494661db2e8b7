namespace Argosy.Engine.Validation;

/// <summary>The variables that can be used at some place of a manifest.</summary>
/// <param name="outer">What is known around the place.</param>
/// <param name="also">Says of further variables whether they are known, where it would cost too much to add them all.</param>
internal sealed class Scope(Scope? outer = null, Func<string, bool>? also = null)
{
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private readonly HashSet<string> opened = new(StringComparer.Ordinal);

    public void Add(string name) => names.Add(name);

    /// <summary>From now on every name that begins with the prefix and a dot counts as known.</summary>
    public void Open(string prefix) => opened.Add(prefix);

    public bool Has(string name)
    {
        if (names.Contains(name))
        {
            return true;
        }

        for (var dot = name.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = name.IndexOf('.', dot + 1))
        {
            if (opened.Contains(name[..dot]))
            {
                return true;
            }
        }

        return (also != null && also(name)) || (outer != null && outer.Has(name));
    }
}
