using Argosy.Engine.Expressions;

namespace Argosy.Engine.Tests.Expressions;

/// <summary>Variables written down by a test.</summary>
internal sealed class KnownVariables : IVariables
{
    private readonly Dictionary<string, string> known = [];
    private readonly HashSet<string> absent = [];

    public string this[string name]
    {
        set => known[name] = value;
    }

    public KnownVariables Without(string name)
    {
        absent.Add(name);
        return this;
    }

    public string? Find(string name) => known.GetValueOrDefault(name);

    public IEnumerable<KeyValuePair<string, string>> Under(string root) =>
        known.Where(entry => entry.Key == root || entry.Key.StartsWith(root + ".", StringComparison.Ordinal));

    public bool IsAbsent(string name) => absent.Contains(name);
}
