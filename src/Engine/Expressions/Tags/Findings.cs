namespace Argosy.Engine.Expressions.Tags;

/// <summary>What one rendering could not resolve: each name once, in the order met.</summary>
internal sealed class Findings
{
    private List<string>? unresolved;
    private List<string>? absent;

    public IReadOnlyList<string> Unresolved => unresolved ?? (IReadOnlyList<string>)[];

    public IReadOnlyList<string> Absent => absent ?? (IReadOnlyList<string>)[];

    public void AddUnresolved(string name) => Add(ref unresolved, name);

    public void AddAbsent(string name) => Add(ref absent, name);

    private static void Add(ref List<string>? names, string name)
    {
        names ??= [];
        if (!names.Contains(name))
        {
            names.Add(name);
        }
    }
}
