namespace Argosy.Engine.Validation;

/// <summary>Who must be done before whom. Dependencies on unknown names are passed over.</summary>
internal sealed class DependencyGraph(IReadOnlyDictionary<string, List<string>> dependencies)
{
    /// <summary>Members that may be visited in search of ancestors.</summary>
    private const int Budget = 10_000_000;

    private static readonly List<string> None = [];

    private (string Name, HashSet<string> Ancestors)? lookedAt;
    private int budget = Budget;

    /// <summary>A circle of dependencies, its first member repeated at the end, or null.</summary>
    public IReadOnlyList<string>? FindCycle()
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (var start in dependencies.Keys)
        {
            if (CycleFrom(start, done) is { } cycle)
            {
                return cycle;
            }
        }

        return null;
    }

    /// <summary>
    /// Whether the one must be done before the other, directly or not. In huge graphs, where looking any further would take too long,
    /// the answer is yes.
    /// </summary>
    public bool IsBefore(string first, string second)
    {
        if (Of(second).Contains(first))
        {
            return true;
        }

        if (lookedAt?.Name != second)
        {
            if (budget <= 0)
            {
                return true;
            }

            lookedAt = (second, Ancestors(second));
            budget -= lookedAt.Value.Ancestors.Count;
        }

        return lookedAt.Value.Ancestors.Contains(first);
    }

    private HashSet<string> Ancestors(string name)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Stack<string>(Of(name));
        while (waiting.TryPop(out var next))
        {
            if (found.Add(next))
            {
                foreach (var further in Of(next))
                {
                    waiting.Push(further);
                }
            }
        }

        return found;
    }

    /// <summary>Depth first with a path of its own: a chain of a hundred thousand members must not exhaust the stack.</summary>
    private List<string>? CycleFrom(string start, HashSet<string> done)
    {
        var path = new List<string>();
        var onPath = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Stack<(string Name, bool Leaving)>([(start, false)]);
        while (waiting.TryPop(out var next))
        {
            if (next.Leaving)
            {
                path.RemoveAt(path.Count - 1);
                onPath.Remove(next.Name);
                done.Add(next.Name);
                continue;
            }

            if (onPath.Contains(next.Name))
            {
                return [.. path.SkipWhile(name => name != next.Name), next.Name];
            }

            if (done.Contains(next.Name))
            {
                continue;
            }

            path.Add(next.Name);
            onPath.Add(next.Name);
            waiting.Push((next.Name, true));
            foreach (var dependency in Of(next.Name))
            {
                waiting.Push((dependency, false));
            }
        }

        return null;
    }

    private List<string> Of(string name) => dependencies.TryGetValue(name, out var found) ? found : None;
}
