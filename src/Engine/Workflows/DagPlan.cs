using System.Diagnostics.CodeAnalysis;
using Argosy.Engine.Expressions;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>
/// What a DAG is asked to do: its targets, and everything they need; and how far it has come. No part of the state: worked out anew after
/// a restart.
/// </summary>
internal sealed class DagPlan
{
    private readonly Queue<string> heldBack = new();
    private readonly HashSet<string> isHeldBack = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> settledBefore = new(StringComparer.Ordinal);

    private DagPlan(IReadOnlyList<string> targets, IReadOnlySet<string> wanted)
    {
        Targets = targets;
        Wanted = wanted;
    }

    public IReadOnlyList<string> Targets { get; }

    public IReadOnlySet<string> Wanted { get; }

    /// <summary>Remembers a task that could start, but for a place.</summary>
    public void HoldBack(string task)
    {
        if (isHeldBack.Add(task))
        {
            heldBack.Enqueue(task);
        }
    }

    public bool TryPeekHeldBack([NotNullWhen(true)] out string? task) => heldBack.TryPeek(out task);

    public void TakeHeldBack() => isHeldBack.Remove(heldBack.Dequeue());

    /// <summary>
    /// Whether all that the task depends on is settled. It goes on where it stopped the last time, so that a task with many dependencies
    /// looks at each but once; only a yes is checked from the beginning, for a hook may have come due since.
    /// </summary>
    public bool AreSettled(string task, IReadOnlyList<string> dependencies, Predicate<string> isSettled)
    {
        var settled = settledBefore.GetValueOrDefault(task);
        while (settled < dependencies.Count && isSettled(dependencies[settled]))
        {
            settled++;
        }

        if (settled == dependencies.Count)
        {
            settled = 0;
            while (settled < dependencies.Count && isSettled(dependencies[settled]))
            {
                settled++;
            }
        }

        settledBefore[task] = settled;
        return settled == dependencies.Count;
    }

    public static DagPlan Of(DagTemplate template, IVariables variables)
    {
        var target = template.Target is { Length: > 0 } text ? TagText.Parse(text).Render(variables).Text : null;
        IReadOnlyList<string> targets = target is null
            ? [.. template.Leaves]
            : [.. target.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Where(name => template.Find(name) is not null)];
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(targets.Reverse());
        while (open.TryPop(out var name))
        {
            if (template.Find(name) is { } task && wanted.Add(name))
            {
                foreach (var dependency in template.DependenciesOf(task))
                {
                    open.Push(dependency);
                }
            }
        }

        return new DagPlan(targets, wanted);
    }
}
