using Argosy.Cli.Client;

namespace Argosy.Cli.Trees;

/// <summary>A node and those that are drawn below it.</summary>
internal sealed record NodeTree(Node Node, IReadOnlyList<NodeTree> Children)
{
    /// <summary>
    /// The trees of a workflow: that of its entrypoint, and that of its exit handler when there is one. A node is drawn below the group of
    /// steps or attempts that lists it as a child, else below the steps or DAG that bounds it.
    /// </summary>
    public static IReadOnlyList<NodeTree> Of(Workflow workflow)
    {
        var groups = workflow.Nodes.Values.Where(IsGroup)
            .SelectMany(group => group.Children.Select(child => (child, group.Id)))
            .GroupBy(pair => pair.child, pair => pair.Id)
            .ToDictionary(parents => parents.Key, parents => parents.First());
        var below = workflow.Nodes.Values.Where(IsDrawn)
            .Where(node => node.Id != workflow.Name)
            .ToLookup(node => groups.GetValueOrDefault(node.Id, node.BoundaryId));
        string[] roots = [workflow.Name, $"{workflow.Name}.onExit"];
        return [.. roots
            .Select(name => workflow.Nodes.Values.FirstOrDefault(node => node.Name == name && IsDrawn(node)))
            .OfType<Node>()
            .Select(root => Build(root, below, []))];
    }

    private static NodeTree Build(Node node, ILookup<string, Node> below, HashSet<string> above)
    {
        // A status that runs in a circle would never end.
        if (!above.Add(node.Id))
        {
            return new(node, []);
        }

        var children = below[node.Id]
            .OrderBy(child => child.StartedAt ?? DateTimeOffset.MinValue)
            .ThenBy(child => LoopIndex.Of(child.DisplayName).Base, StringComparer.Ordinal)
            .ThenBy(child => LoopIndex.Of(child.DisplayName).Index)
            .Select(child => Build(child, below, above))
            .ToList();
        above.Remove(node.Id);
        return new(node, children);
    }

    private static bool IsGroup(Node node) => node.Type is "StepGroup" or "Retry";

    // Task groups and the containers of a pod have no line of their own.
    private static bool IsDrawn(Node node) => node.Type is "DAG" or "Steps" or "StepGroup" or "Retry" or "Pod" or "Skipped" or "Suspend" or "HTTP" or "Plugin";
}
