namespace Argosy.Engine.Workflows;

/// <summary>What a retry asks of a workflow's graph: what came after a node, and whether anything good came of it.</summary>
/// <param name="again">Nodes that are to run again although they succeeded: what they came to does not count.</param>
internal sealed class RetryGraph(WorkflowState state, Predicate<Node> again)
{
    private readonly Lazy<GraphView> view = new(() => new GraphView(state));
    private readonly Dictionary<int, bool> succeeded = [];

    /// <summary>
    /// Whether a node that hangs from this one succeeded: then the failure was carried on from, and is not to be undone. A hook's success
    /// says nothing about what it was for, nor does one container's about its pod.
    /// </summary>
    public bool HasSucceededAfter(Node node)
    {
        var open = new Stack<(Node Node, bool ChildrenKnown)>([(node, false)]);
        while (open.TryPop(out var next))
        {
            if (next.ChildrenKnown)
            {
                succeeded[next.Node.Index] =
                    ChildrenOf(next.Node).Any(child => (child.Phase == NodePhase.Succeeded && !again(child)) || succeeded.GetValueOrDefault(child.Index));
            }
            else if (succeeded.TryAdd(next.Node.Index, false)) // it also ends a circle in a broken record
            {
                open.Push((next.Node, true));
                ChildrenOf(next.Node).ForEach(child => open.Push((child, false)));
            }
        }

        return succeeded[node.Index];
    }

    /// <summary>The nodes that were built on the outcome of this one, not those within it.</summary>
    public IEnumerable<Node> After(Node node)
    {
        var owner = state.At(node.Owner);
        var later = owner?.Type switch
        {
            NodeType.DAG => Dependents(owner, node.StepName),
            NodeType.TaskGroup => Dependents(state.At(owner.Owner), owner.StepName),
            NodeType.Steps => owner.Members.Where(group => group > node.Index).Select(group => state[group]),
            NodeType.StepGroup => After(owner),
            _ => [],
        };
        // A recorded edge counts also where the template that would tell is not here.
        return later.Concat(Recorded(node)).Distinct();
    }

    private IEnumerable<Node> Recorded(Node node) => node.Recorded is { } recorded && node.Type is NodeType.Pod or NodeType.Skipped or NodeType.Suspend or NodeType.HTTP or NodeType.Plugin
        ? recorded.Children.Select(state.FindById).OfType<Node>().Where(child => child.Type != NodeType.Container && !child.Is(NodeFlags.Hooked))
        : [];

    private IEnumerable<Node> Dependents(Node? dag, string? task) => dag is null
        ? []
        : (TemplateLookup.Of(state, dag)?.Dag?.DependentsOf(task ?? "") ?? []).Select(dependent => state.Find($"{dag.Name}.{dependent}")).OfType<Node>();

    private List<Node> ChildrenOf(Node node) =>
    [
        .. RecordedStatus.Edges(state, node, view.Value.ChildrenOf(node)).Select(child => state[child])
            .Where(child => !child.Is(NodeFlags.Hooked) && child.Type != NodeType.Container),
    ];
}
