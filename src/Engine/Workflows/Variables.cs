using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;
using Argosy.Engine.Expressions.Values;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>Variables by dictionary, over others.</summary>
internal sealed class LocalVariables(IReadOnlyDictionary<string, string> own, IVariables? outer) : IVariables
{
    public string? Find(string name) => own.TryGetValue(name, out var value) ? value : outer?.Find(name);

    public IEnumerable<KeyValuePair<string, string>> Under(string root)
    {
        var mine = own.Where(pair => IsUnder(pair.Key, root));
        return outer is null ? mine : outer.Under(root).Where(pair => !own.ContainsKey(pair.Key)).Concat(mine);
    }

    public bool IsAbsent(string name) => !own.ContainsKey(name) && (outer?.IsAbsent(name) ?? false);

    public Occasion? Occasion => outer?.Occasion;

    internal static bool IsUnder(string name, string root) =>
        name.StartsWith(root, StringComparison.Ordinal) && (name.Length == root.Length || name[root.Length] == '.');
}

/// <summary>The <c>workflow.*</c> variables.</summary>
/// <remarks>Names and forms: variable catalogue of upstream's documentation.</remarks>
internal sealed class WorkflowVariables(WorkflowState state, DateTimeOffset now) : IVariables
{
    public Occasion Occasion => new(now, state.Uid);

    public string? Find(string name)
    {
        if (!name.StartsWith("workflow.", StringComparison.Ordinal))
        {
            return null;
        }

        return Constants.TryGetValue(name, out var value) ? value : Changing(name);
    }

    public IEnumerable<KeyValuePair<string, string>> Under(string root)
    {
        if (root != "workflow" && !root.StartsWith("workflow.", StringComparison.Ordinal))
        {
            yield break;
        }

        foreach (var pair in Constants.Where(pair => LocalVariables.IsUnder(pair.Key, root)))
        {
            yield return pair;
        }

        foreach (var name in new[] { "workflow.status", "workflow.failures", "workflow.duration" }
            .Concat(state.GlobalParameters.Keys.Select(key => "workflow.outputs.parameters." + key))
            .Concat(state.GlobalArtifacts.Keys.Select(key => "workflow.outputs.artifacts." + key)))
        {
            if (LocalVariables.IsUnder(name, root) && Changing(name) is { } value)
            {
                yield return new(name, value);
            }
        }
    }

    private Dictionary<string, string> Constants => state.ConstantVariables ??= BuildConstants();

    private string? Changing(string name)
    {
        const string parameters = "workflow.outputs.parameters.";
        const string artifacts = "workflow.outputs.artifacts.";
        if (name.StartsWith(parameters, StringComparison.Ordinal))
        {
            return state.GlobalParameters.GetValueOrDefault(name[parameters.Length..]);
        }

        if (name.StartsWith(artifacts, StringComparison.Ordinal))
        {
            return state.GlobalArtifacts.GetValueOrDefault(name[artifacts.Length..])?.Json.ToJsonString();
        }

        return name switch
        {
            // Known once the main job is over: exit handlers see them, everything before keeps the tag.
            "workflow.status" when state.Find(state.Name) is { Phase: var phase } root && root.Phase.IsEnd() => WorkflowOutcome.Of(state, root, phase).ToText(),
            "workflow.failures" when state.Find(state.Name) is { } root && root.Phase.IsEnd() => WorkflowOutcome.Failures(state),
            "workflow.duration" when state.StartedAt is { } started => (now - started).TotalSeconds.ToString("F6", CultureInfo.InvariantCulture),
            _ => null,
        };
    }

    private Dictionary<string, string> BuildConstants()
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["workflow.name"] = state.Name,
            ["workflow.namespace"] = state.Namespace,
            ["workflow.uid"] = state.Uid,
            ["workflow.mainEntrypoint"] = state.Spec?.Entrypoint ?? "",
            ["workflow.serviceAccountName"] = state.Spec?.ServiceAccountName ?? "default",
            ["workflow.creationTimestamp"] = Time(state.CreatedAt),
            ["workflow.creationTimestamp.RFC3339"] = Time(state.CreatedAt),
            ["workflow.creationTimestamp.s"] = state.CreatedAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        };
        foreach (var letter in CreationLetters)
        {
            values[$"workflow.creationTimestamp.{letter}"] = Strftime.Field(letter, state.CreatedAt.ToUniversalTime())!;
        }

        if (state.Spec?.Priority is { } priority)
        {
            values["workflow.priority"] = priority.ToString(CultureInfo.InvariantCulture);
        }

        AddMap(values, "workflow.labels", state.Labels);
        AddMap(values, "workflow.annotations", state.Annotations);
        if (state.Annotations.TryGetValue("workflows.argoproj.io/scheduled-time", out var scheduled))
        {
            values["workflow.scheduledTime"] = scheduled;
        }

        var parameters = WorkflowArguments.Values(state);
        var json = VariableJson.Of(parameters);
        values["workflow.parameters"] = json;
        values["workflow.parameters.json"] = json;

        // A parameter that is itself called json goes first.
        foreach (var parameter in parameters)
        {
            values["workflow.parameters." + parameter.Name] = parameter.Value;
        }

        return values;
    }

    /// <summary>The letters of <c>strftime</c> that upstream gives as variables.</summary>
    private const string CreationLetters = "BbmAadHIMSYypZzL";

    private static void AddMap(Dictionary<string, string> values, string name, IReadOnlyDictionary<string, string> map)
    {
        foreach (var (key, value) in map)
        {
            values[$"{name}.{key}"] = value;
        }

        var json = JsonText.Write(new ValueMap(map.Select(pair => KeyValuePair.Create(pair.Key, (object?)pair.Value))));
        values[name] = json;
        values[name + ".json"] = json;
    }

    internal static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

/// <summary>Parameters as variables show them: a JSON list of names and values.</summary>
internal static class VariableJson
{
    public static string Of(IEnumerable<ParameterValue> parameters) => JsonText.Write(parameters
        .Select(parameter => (object?)new ValueMap { ["name"] = parameter.Name, ["value"] = parameter.Value }).ToList());
}

/// <summary>The workflow's own arguments, with everything that may override them.</summary>
internal static class WorkflowArguments
{
    public static IReadOnlyList<ParameterValue> Values(WorkflowState state)
    {
        List<ParameterValue> values = [];
        foreach (var parameter in state.Spec?.Arguments.Parameters ?? [])
        {
            var value = Given(state, parameter)
                ?? FromConfigMap(state, parameter)
                ?? parameter.ValueFrom?.Default
                ?? parameter.Default;
            if (value is not null)
            {
                values.Add(new ParameterValue(parameter.Name, value));
            }
        }

        values.AddRange(state.ParameterOverrides.Where(given => values.TrueForAll(value => value.Name != given.Name)));
        return values;
    }

    /// <summary>The ConfigMaps that the arguments read and that have not been read yet.</summary>
    public static IEnumerable<ResourceRef> Missing(WorkflowState state) => (state.Spec?.Arguments.Parameters ?? [])
        .Where(parameter => Given(state, parameter) is null)
        .Select(parameter => Source(state, parameter)?.Resource)
        .OfType<ResourceRef>()
        .Where(reference => !state.Resources.ContainsKey(reference));

    private static string? Given(WorkflowState state, Parameter parameter) =>
        state.ParameterOverrides.FirstOrDefault(given => given.Name == parameter.Name)?.Value ?? parameter.Value;

    private static string? FromConfigMap(WorkflowState state, Parameter parameter) => Source(state, parameter) is { } source
        ? state.Resources.GetValueOrDefault(source.Resource).Text(source.Key)
        : null;

    /// <summary>Name and key may refer to the parameters whose values are written down, and to the workflow's name and namespace.</summary>
    private static (ResourceRef Resource, string Key)? Source(WorkflowState state, Parameter parameter)
    {
        if (parameter.ValueFrom?.ConfigMapKeyRef is not { } key)
        {
            return null;
        }

        var known = new Dictionary<string, string>(StringComparer.Ordinal) { ["workflow.name"] = state.Name, ["workflow.namespace"] = state.Namespace };
        foreach (var other in state.Spec!.Arguments.Parameters)
        {
            if (Given(state, other) is { } value)
            {
                known["workflow.parameters." + other.Name] = value;
            }
        }

        var variables = new LocalVariables(known, null);
        string Rendered(string text) => TagText.Parse(text).Render(variables).Text;
        return (new ResourceRef(ResourceRefKind.ConfigMap, Rendered(key.Name)), Rendered(key.Key));
    }
}
