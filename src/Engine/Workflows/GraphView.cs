using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>
/// The edges that user interfaces draw: whose child each node is. They follow from the structure, so they are worked out when someone
/// looks and are no part of the state.
/// </summary>
internal sealed class GraphView
{
    private readonly WorkflowState state;
    private readonly Dictionary<int, List<int>> children = [];
    private readonly Dictionary<int, IReadOnlyList<int>> outbound = [];

    public GraphView(WorkflowState state)
    {
        this.state = state;
        foreach (var node in state.Nodes)
        {
            foreach (var parent in ParentsOf(node))
            {
                (children.TryGetValue(parent, out var list) ? list : children[parent] = []).Add(node.Index);
            }
        }
    }

    public IReadOnlyList<int> ChildrenOf(Node node) => children.TryGetValue(node.Index, out var list) ? list : [];

    /// <summary>The nodes that what comes after this one hangs from.</summary>
    public IReadOnlyList<int> OutboundOf(Node node)
    {
        if (outbound.TryGetValue(node.Index, out var known))
        {
            return known;
        }

        var found = WorkOutOutbound(node);
        if (node.Phase.IsEnd())
        {
            outbound[node.Index] = found;
        }

        return found;
    }

    private IReadOnlyList<int> WorkOutOutbound(Node node)
    {
        switch (node.Type)
        {
            case NodeType.Retry:
                return node.Members.Count > 0 ? OutboundOf(state[node.Members[^1]]) : [node.Index];
            case NodeType.TaskGroup or NodeType.StepGroup:
                return Flatten(node, node.Members.Where(member => !state[member].Is(NodeFlags.Hooked)));
            case NodeType.Steps:
                return node.Members.Count > 0 ? OutboundOf(state[node.Members[^1]]) : [node.Index];
            case NodeType.DAG:
                var targets = node.Plan as DagPlan ?? (TemplateLookup.Of(state, node)?.Dag is { } dag
                    ? DagPlan.Of(dag, new InputVariables(node.Inputs))
                    : null);
                return Flatten(node, (targets?.Targets ?? []).Select(target => state.Find($"{node.Name}.{target}")?.Index ?? -1).Where(index => index >= 0));
            case NodeType.Pod or NodeType.Container or NodeType.Skipped or NodeType.Suspend or NodeType.HTTP or NodeType.Plugin:
                return [node.Index];
            default:
                throw new InvalidOperationException($"node {node.Name} is of unknown type {node.Type}");
        }
    }

    private IReadOnlyList<int> Flatten(Node node, IEnumerable<int> members)
    {
        List<int> ends = [.. members.SelectMany(member => OutboundOf(state[member])).Distinct()];
        return ends.Count > 0 ? ends : [node.Index];
    }

    private IReadOnlyList<int> ParentsOf(Node node)
    {
        if (state.At(node.Owner) is not { } owner)
        {
            return [];
        }

        if (node.Is(NodeFlags.Hooked))
        {
            return NodeNames.Hooked(node.Name) is { } name && state.Find(name) is { } hooked ? [hooked.Index] : [owner.Index];
        }

        if (node.Type == NodeType.StepGroup)
        {
            var before = GroupBefore(owner, node);
            return before < 0 ? [owner.Index] : OutboundOf(state[before]);
        }

        if (owner.Type != NodeType.DAG || TemplateLookup.Of(state, owner)?.Dag is not { } dag || dag.Find(node.StepName ?? "") is not { } task)
        {
            return [owner.Index];
        }

        var dependencies = dag.DependenciesOf(task);
        return dependencies.Count == 0
            ? [owner.Index]
            : [.. dependencies.Select(name => state.Find($"{owner.Name}.{name}")).OfType<Node>().SelectMany(OutboundOf).Distinct()];
    }

    /// <summary>The number of the group before this one; -1: it is the first.</summary>
    private static int GroupBefore(Node steps, Node group)
    {
        var at = group.Ordinal;
        return at >= 0 && at < steps.Members.Count && steps.Members[at] == group.Index
            ? at == 0 ? -1 : steps.Members[at - 1]
            : steps.Members.TakeWhile(member => member != group.Index).LastOrDefault(-1);
    }
}
