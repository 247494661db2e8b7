using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>One recorded node and its place in the structure that evaluation works on.</summary>
internal sealed class RecordedPlace(string id, string name, RecordedNode node, int position)
{
    public string Id => id;

    public string Name => name;

    public RecordedNode Node => node;

    public int Position => position;

    public NodeType Type { get; set; }

    public RecordedPlace? Owner { get; set; }

    public RecordedPlace? Boundary { get; set; }

    public string? StepName { get; set; }

    public int Ordinal { get; set; } = -1;

    public NodeFlags Flags { get; set; }

    public int Depth { get; set; }
}

/// <summary>
/// Works out from a recorded status who owns whom. The record has edges to draw (children), enclosing groups (boundaryID) and names; the
/// names say most, for upstream forms a node's name from its owner's: <c>owner[0]</c>, <c>owner.step</c>, <c>owner(0:item)</c>,
/// <c>owner(1)</c>, <c>node.onExit</c>.
/// </summary>
internal sealed class RecordedStructure
{
    private readonly string workflow;
    private readonly Func<string, Template?> template;
    private readonly Dictionary<RecordedPlace, int> lastAttempt = [];
    private readonly Dictionary<string, RecordedPlace> byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RecordedPlace> byId = new(StringComparer.Ordinal);

    /// <param name="template">Finds a template of the workflow's own by name: it tells the type of a node whose record does not.</param>
    public RecordedStructure(string workflow, JsonObject nodes, Func<string, Template?> template)
    {
        this.workflow = workflow;
        this.template = template;
        foreach (var (id, recorded) in nodes)
        {
            var name = (recorded as JsonObject).Text("name") ?? "";
            if (recorded is not JsonObject json || name.Length == 0 || byName.ContainsKey(name))
            {
                Loose[id] = recorded?.DeepClone(); // upstream leaves such entries behind for results that came before their node
                continue;
            }

            byName[name] = byId[id] = new RecordedPlace(id, name, new RecordedNode((JsonObject)json.DeepClone()), byId.Count);
        }

        foreach (var place in byId.Values)
        {
            place.Type = TypeOf(place);
        }

        foreach (var place in byId.Values)
        {
            Place(place);
        }

        foreach (var place in byId.Values)
        {
            place.Depth = DepthOf(place);
            if (place.Owner is { Type: NodeType.Retry } retry)
            {
                lastAttempt[retry] = Math.Max(place.Ordinal, lastAttempt.GetValueOrDefault(retry, -1));
            }
        }
    }

    /// <summary>Entries that are no nodes.</summary>
    public JsonObject Loose { get; } = [];

    /// <summary>Owners and boundaries before what is in them, siblings in the order in which they were made.</summary>
    public IEnumerable<RecordedPlace> InOrder() => byId.Values
        .OrderBy(place => place.Depth).ThenBy(place => place.Ordinal).ThenBy(place => place.Node.StartedAt ?? DateTimeOffset.MaxValue).ThenBy(place => place.Position);

    /// <summary>
    /// Whether the node is, or is part of, an attempt that waits although a later one exists: a memoized copy has every failed attempt wait
    /// anew, and of those only the last can be meant.
    /// </summary>
    public bool IsOvertaken(RecordedPlace place)
    {
        for (var around = place; around is not null; around = around.Owner)
        {
            if (around is { Owner.Type: NodeType.Retry, Node.Phase: NodePhase.Pending } && around.Flags.HasFlag(NodeFlags.Retried) && lastAttempt.GetValueOrDefault(around.Owner) > around.Ordinal)
            {
                return true;
            }
        }

        return false;
    }

    private NodeType TypeOf(RecordedPlace place)
    {
        if (Enum.TryParse<NodeType>(place.Node.Json.Text("type"), out var type))
        {
            return type;
        }

        if (template(place.Name == workflow && place.Node.TemplateName.Length == 0 ? "" : place.Node.TemplateName) is { } known)
        {
            return Launching.NodeTypeOf(known);
        }

        return place.Name.EndsWith(']') ? NodeType.StepGroup : NodeType.Pod;
    }

    private void Place(RecordedPlace place)
    {
        place.Boundary = byId.GetValueOrDefault(place.Node.Json.Text("boundaryID") ?? "");
        if (place.Name == workflow || place == place.Boundary)
        {
            place.Boundary = null;
            return;
        }

        var flag = place.Node.Json.Object("nodeFlag");
        if (IsOfExit(place.Name))
        {
            place.Flags |= NodeFlags.OnExit;
        }

        if ((flag.Bool("hooked") ?? true) && NodeNames.Hooked(place.Name) is { } hooked && (hooked == workflow || byName.ContainsKey(hooked)))
        {
            place.Flags |= NodeFlags.Hooked;
            place.Owner = hooked == workflow ? null : OwnerOf(byName[hooked]);
            return;
        }

        place.Owner = OwnerOf(place);
        if (flag.Bool("hooked") ?? false)
        {
            place.Flags |= NodeFlags.Hooked; // under a name of its own
            return;
        }

        if (place.Owner is not { } owner)
        {
            return;
        }

        switch (owner.Type)
        {
            case NodeType.Retry when IsBracketed(place, owner):
                place.Flags |= NodeFlags.Retried;
                place.Ordinal = Number(place.Name, owner.Name.Length + 1);
                place.StepName = StepOf(owner);
                break;
            case NodeType.TaskGroup when IsBracketed(place, owner):
                place.Ordinal = Number(place.Name, owner.Name.Length + 1);
                place.StepName = StepOf(owner);
                break;
            case NodeType.Pod:
                place.StepName = StepOf(owner);
                break;
            case NodeType.Steps when place.Type == NodeType.StepGroup:
                place.Ordinal = Number(place.Name, place.Name.LastIndexOf('[') + 1);
                break;
            default:
                place.StepName = StepOf(place);
                if (place.Name.IndexOf('(', Math.Min(owner.Name.Length, place.Name.Length)) is >= 0 and var bracket)
                {
                    place.Ordinal = Number(place.Name, bracket + 1);
                }

                break;
        }
    }

    private static bool IsBracketed(RecordedPlace place, RecordedPlace owner) =>
        place.Name.Length > owner.Name.Length && place.Name.StartsWith(owner.Name, StringComparison.Ordinal) && place.Name[owner.Name.Length] == '(';

    /// <summary>The step or task that the node is a run of, from its own name alone: what follows the owner's, without the item.</summary>
    private string? StepOf(RecordedPlace place)
    {
        if (OwnerOf(place) is not { } owner)
        {
            return null;
        }

        if (owner.Type is NodeType.Retry or NodeType.TaskGroup or NodeType.Pod)
        {
            return StepOf(owner);
        }

        if (!place.Name.StartsWith(owner.Name, StringComparison.Ordinal))
        {
            return place.Node.Json.Text("displayName");
        }

        var rest = place.Name[owner.Name.Length..].TrimStart('.');
        var end = rest.IndexOf('(', StringComparison.Ordinal);
        return end < 0 ? rest : rest[..end];
    }

    /// <summary>
    /// The node whose evaluation waits for this one: the nearest whose name this one's begins with, and that can own; for what is named
    /// otherwise, the enclosing group, and at last the root.
    /// </summary>
    private RecordedPlace? OwnerOf(RecordedPlace place)
    {
        if (place.Name == workflow)
        {
            return null;
        }

        var boundary = place.Boundary ?? byId.GetValueOrDefault(place.Node.Json.Text("boundaryID") ?? "");
        for (var end = place.Name.Length - 1; end > 0; end--)
        {
            if (place.Name[end] is '.' or '[' or '(' && byName.TryGetValue(place.Name[..end], out var around) && CanOwn(around, place, boundary))
            {
                return around;
            }
        }

        if (boundary is not null && boundary != place)
        {
            return boundary;
        }

        return IsOfExit(place.Name) ? null : byName.GetValueOrDefault(workflow);
    }

    // A loop's item may hold any character, so a name that fits is not enough: the owner's type must fit as well.
    private static bool CanOwn(RecordedPlace around, RecordedPlace place, RecordedPlace? boundary) => around.Type switch
    {
        NodeType.Retry or NodeType.TaskGroup => place.Name[around.Name.Length] == '(' && boundary?.Name != around.Name,
        NodeType.Steps => place.Type == NodeType.StepGroup || boundary == around,
        NodeType.StepGroup => true,
        NodeType.DAG => boundary is null || boundary == around,
        NodeType.Pod => place.Type == NodeType.Container,
        _ => false,
    };

    private bool IsOfExit(string name) =>
        name.StartsWith(NodeNames.Exit(workflow), StringComparison.Ordinal) || name.StartsWith(workflow + ".hooks.", StringComparison.Ordinal);

    private static int Number(string name, int from)
    {
        var end = from;
        while (end < name.Length && char.IsAsciiDigit(name[end]))
        {
            end++;
        }

        return int.TryParse(name.AsSpan(from, end - from), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
    }

    private int DepthOf(RecordedPlace place)
    {
        var depth = 0;
        for (var around = place.Owner ?? place.Boundary; around is not null; around = around.Owner ?? around.Boundary)
        {
            if (++depth > byId.Count)
            {
                place.Owner = place.Boundary = null; // a broken record: it goes round in a circle
                return 0;
            }
        }

        return depth;
    }
}
