namespace Argosy.Engine.Expressions.Values;

/// <summary>A map value of an expression: string keys in the order they were written, compared by ordinal.</summary>
internal sealed class ValueMap : OrderedDictionary<string, object?>
{
    public ValueMap() : base(StringComparer.Ordinal)
    {
    }

    public ValueMap(IEnumerable<KeyValuePair<string, object?>> entries) : this()
    {
        foreach (var (key, value) in entries)
        {
            this[key] = value;
        }
    }

    /// <summary>The keys in the order JSON text shows them.</summary>
    public IEnumerable<string> SortedKeys() => Keys.Order(StringComparer.Ordinal);
}
