using System.Text.Json;
using Argosy.Engine.Expressions;
using Argosy.Engine.Expressions.Values;
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

/// <summary>
/// <c>steps.name</c> and <c>tasks.name</c>: what the step or task that called a template is called, with its item's mark where it is of a
/// loop. An attempt has the name of its first caller.
/// </summary>
internal static class CallerNames
{
    public static string? Of(WorkflowState state, Node node, string name)
    {
        var caller = node.Is(NodeFlags.Retried) ? state.At(node.Owner) ?? node : node;
        if (caller.StepName is null || state.At(caller.Boundary) is not { } boundary
            || name != (boundary.Type == NodeType.DAG ? "tasks.name" : "steps.name"))
        {
            return null;
        }

        // N.task, or N[0].step: what follows the first dot behind the boundary's name.
        var dot = caller.Name.IndexOf('.', boundary.Name.Length);
        return dot < 0 ? caller.StepName : caller.Name[(dot + 1)..];
    }
}

/// <summary>The <c>inputs.*</c> variables of one node.</summary>
internal sealed class InputVariables(NodeInputs inputs) : IVariables
{
    private const string Parameter = "inputs.parameters.";
    private const string Artifact = "inputs.artifacts.";

    public string? Find(string name)
    {
        if (name.StartsWith(Parameter, StringComparison.Ordinal))
        {
            var wanted = name.AsSpan(Parameter.Length);
            foreach (var parameter in inputs.Parameters)
            {
                if (wanted.SequenceEqual(parameter.Name))
                {
                    return parameter.Value;
                }
            }

            return null;
        }

        if (name.StartsWith(Artifact, StringComparison.Ordinal))
        {
            var wanted = name[Artifact.Length..];
            var path = wanted.EndsWith(".path", StringComparison.Ordinal);
            var artifact = inputs.Artifacts.FirstOrDefault(artifact => artifact.Name == (path ? wanted[..^5] : wanted));
            return path ? artifact?.Json.Text("path") : artifact?.Json.ToJsonString();
        }

        return name == "inputs.parameters" ? VariableJson.Of(inputs.Parameters) : null;
    }

    public IEnumerable<KeyValuePair<string, string>> Under(string root)
    {
        foreach (var name in inputs.Parameters.Select(parameter => Parameter + parameter.Name)
            .Concat(inputs.Artifacts.SelectMany(artifact => new[] { Artifact + artifact.Name, $"{Artifact}{artifact.Name}.path" })))
        {
            if (LocalVariables.IsUnder(name, root) && Find(name) is { } value)
            {
                yield return new(name, value);
            }
        }
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

        for (var index = 0; index < template.StepGroups.Count; index++)
        {
            if (!template.StepGroups[index].Any(candidate => candidate.Name == member))
            {
                continue;
            }

            if (state.Find(NodeNames.StepGroup(boundary.Name, index)) is not { } group)
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

            var items = Items(state, group, member);
            return new MemberVariables(state, group, CalledTemplate(state, group, items), items);
        }

        return null;
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

/// <summary>The outputs of a loop's items, put together as upstream does: only succeeded items that have outputs, in order.</summary>
internal static class Aggregation
{
    /// <summary>Null when a result is no JSON: then there is no such list, and who asks for it fails, as upstream has it.</summary>
    public static string? Results(IEnumerable<Node> items)
    {
        var results = items.Select(item => item.Outputs.Result).OfType<string>().Select(Parse).ToList();
        return results.Contains(null) ? null : "[" + string.Join(',', results.Select(result => GoJson.Compact(result!.RootElement))) + "]";
    }

    public static string Map(NodeOutputs outputs) => JsonText.Write(new ValueMap(
        outputs.Parameters.Select(parameter => KeyValuePair.Create(parameter.Name, (object?)parameter.Value))));

    public static string Maps(IEnumerable<Node> items) => "[" + string.Join(',', items.Select(item => Map(item.Outputs))) + "]";

    /// <summary>A list of strings, unless every value is itself a JSON list or object.</summary>
    public static string Parameter(IEnumerable<Node> items, string name)
    {
        var values = items.Select(item => item.Outputs.Parameter(name)).OfType<string>().ToList();
        var parsed = values.ConvertAll(Parse);
        return parsed.Count > 0 && parsed.TrueForAll(value => value?.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            ? "[" + string.Join(',', parsed.Select(value => GoJson.Compact(value!.RootElement))) + "]"
            : JsonText.Write(values.ToList<object?>());
    }

    /// <summary>The document a text holds, <c>null</c> included; null when it holds none.</summary>
    private static JsonDocument? Parse(string text)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
