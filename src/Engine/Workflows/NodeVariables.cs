using Argosy.Engine.Expressions;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>
/// What the members of a Steps or DAG node see: its inputs, and the members before them (<c>steps.*</c> of earlier groups, <c>tasks.*</c>).
/// </summary>
/// <param name="sees">Which members are seen; null: all of them.</param>
internal sealed class NodeVariables(WorkflowState state, Node node, Template template, IVariables outer, Predicate<string>? sees = null) : IVariables
{
    private readonly string prefix = template.Type == TemplateType.Dag ? "tasks" : "steps";
    private readonly InputVariables inputs = new(node.Inputs);

    public string? Find(string name)
    {
        if (name.StartsWith("inputs.", StringComparison.Ordinal))
        {
            return inputs.Find(name);
        }

        if (Member(name) is not { } member)
        {
            return name == "node.name" ? node.Name : CallerNames.Of(state, node, name) ?? outer.Find(name);
        }

        return member.Variables.Find(member.Path);
    }

    public Occasion? Occasion => outer.Occasion is { } around ? around with { Place = $"{around.Place}/{node.Name}" } : null;

    public IEnumerable<KeyValuePair<string, string>> Under(string root)
    {
        if (root == "inputs" || root.StartsWith("inputs.", StringComparison.Ordinal))
        {
            return inputs.Under(root);
        }

        if (root != prefix && !root.StartsWith(prefix + ".", StringComparison.Ordinal))
        {
            return outer.Under(root);
        }

        return template.Type == TemplateType.Dag
            ? template.Dag!.Tasks.SelectMany(task => UnderMember(task.Name, root))
            : template.StepGroups.SelectMany(group => group).SelectMany(step => UnderMember(step.Name, root));
    }

    public bool IsAbsent(string name) => Member(name) is { } member ? member.Variables.IsAbsent(member.Path) : outer.IsAbsent(name);

    private IEnumerable<KeyValuePair<string, string>> UnderMember(string member, string root)
    {
        var name = $"{prefix}.{member}";
        if ((sees is not null && !sees(member)) || MemberVariables.Of(state, node, template, member) is not { } variables)
        {
            yield break;
        }

        foreach (var (rest, value) in variables.All())
        {
            var full = $"{name}.{rest}";
            if (LocalVariables.IsUnder(full, root))
            {
                yield return new(full, value);
            }
        }
    }

    private (MemberVariables Variables, string Path)? Member(string name)
    {
        if (!name.StartsWith(prefix, StringComparison.Ordinal) || name.Length <= prefix.Length || name[prefix.Length] != '.')
        {
            return null;
        }

        var path = name.AsSpan(prefix.Length + 1);
        var dot = path.IndexOf('.');
        if (dot < 0)
        {
            return null;
        }

        var member = path[..dot].ToString();
        return (sees is null || sees(member)) && MemberVariables.Of(state, node, template, member) is { } variables
            ? (variables, path[(dot + 1)..].ToString())
            : null;
    }
}

/// <summary>What others see of one step or task: of its node, or of all its nodes together where it is a loop.</summary>
internal sealed class MemberVariables
{
    private readonly WorkflowState state;
    private readonly Node node;
    private readonly Template? template;
    private readonly IReadOnlyList<Node>? items;

    private MemberVariables(WorkflowState state, Node node, Template? template, IReadOnlyList<Node>? items)
    {
        this.state = state;
        this.node = node;
        this.template = template;
        this.items = items;
    }

    /// <summary>Null while the member has not ended (a daemon: is not ready).</summary>
    public static MemberVariables? Of(WorkflowState state, Node boundary, Template template, string member)
    {
        var step = template.FindStep(member);
        if (step is null)
        {
            return null;
        }

        if (template.Type == TemplateType.Dag)
        {
            if (state.Find($"{boundary.Name}.{member}") is not { IsFulfilled: true } task)
            {
                return null;
            }

            var items = task.Type == NodeType.TaskGroup ? Items(state, task, member) : null;
            return new MemberVariables(state, task, CalledTemplate(state, task, items), items);
        }

        if (state.Find(NodeNames.StepGroup(boundary.Name, template.GroupOf(member))) is not { } group)
        {
            return null;
        }

        if (state.Find($"{group.Name}.{member}") is { } single)
        {
            return single.IsFulfilled ? new MemberVariables(state, single, CalledTemplate(state, single, null), null) : null;
        }

        if (!group.Phase.IsEnd() || !step.IsLoop)
        {
            return null;
        }

        var looped = Items(state, group, member);
        return new MemberVariables(state, group, CalledTemplate(state, group, looped), looped);
    }

    public string? Find(string rest) => rest switch
    {
        "id" => state.IdOf(node),
        "ip" => node.PodIp,
        "status" => node.Phase.ToString(),
        "startedAt" => WorkflowVariables.Time(node.StartedAt),
        "finishedAt" => node.FinishedAt is { } finished ? WorkflowVariables.Time(finished) : null,
        "hostNodeName" => node.HostNodeName,
        "exitCode" => node.Outputs.ExitCode,
        "outputs.result" => items is null ? node.Outputs.Result : Aggregation.Results(Contributors),
        "outputs.parameters" => items is null ? Aggregation.Map(node.Outputs) : Aggregation.Maps(Contributors),
        _ when rest.StartsWith("outputs.parameters.", StringComparison.Ordinal) => Parameter(rest["outputs.parameters.".Length..]),
        _ when rest.StartsWith("outputs.artifacts.", StringComparison.Ordinal) =>
            items is null ? node.Outputs.Artifact(rest["outputs.artifacts.".Length..])?.Json.ToJsonString() : null,
        _ => null,
    };

    /// <summary>A skipped or omitted member will never have outputs; neither will a member that ended without them.</summary>
    public bool IsAbsent(string rest) =>
        rest.StartsWith("outputs.", StringComparison.Ordinal) && node.Type == NodeType.Skipped && Find(rest) is null;

    public IEnumerable<KeyValuePair<string, string>> All()
    {
        IEnumerable<string> names = ["id", "ip", "status", "startedAt", "finishedAt", "hostNodeName", "exitCode", "outputs.result"];
        var parameters = items is null
            ? node.Outputs.Parameters.Select(parameter => parameter.Name)
            : items.SelectMany(item => item.Outputs.Parameters).Select(parameter => parameter.Name).Distinct();
        names = names
            .Concat(parameters.Select(name => "outputs.parameters." + name))
            .Concat(DefaultedParameters.Select(name => "outputs.parameters." + name))
            .Concat(node.Outputs.Artifacts.Select(artifact => "outputs.artifacts." + artifact.Name))
            .Distinct();
        foreach (var name in names)
        {
            if (Find(name) is { } value)
            {
                yield return new(name, value);
            }
        }
    }

    private IEnumerable<Node> Contributors => items!.Where(item => item.Phase == NodePhase.Succeeded && !item.Outputs.IsEmpty);

    private IEnumerable<string> DefaultedParameters => node.Type == NodeType.Skipped && template is not null
        ? template.Outputs.Parameters.Where(parameter => parameter.ValueFrom?.Default is not null).Select(parameter => parameter.Name)
        : [];

    private string? Parameter(string name)
    {
        if (items is not null)
        {
            return Aggregation.Parameter(Contributors, name);
        }

        // A producer that was skipped still gives what its template declares as the output's default.
        return node.Outputs.Parameter(name)
            ?? (node.Type == NodeType.Skipped
                ? template?.Outputs.Parameters.FirstOrDefault(parameter => parameter.Name == name)?.ValueFrom?.Default
                : null);
    }

    private static List<Node> Items(WorkflowState state, Node group, string member) =>
    [
        .. group.Members.Select(index => state[index])
            .Where(item => item.StepName == member && !item.Is(NodeFlags.Hooked) && item.Ordinal >= 0)
            .OrderBy(item => item.Ordinal),
    ];

    private static Template? CalledTemplate(WorkflowState state, Node node, List<Node>? items) =>
        TemplateLookup.Of(state, items is [var first, ..] ? first : node);
}
