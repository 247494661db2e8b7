using System.Text.Json;
using System.Text.Json.Nodes;
using Argosy.Engine.Workflows;

namespace Argosy.Engine.Simulation;

/// <summary>
/// Outcomes of leaves as a file tells them: <c>{node: {phase, exitCode, result, parameters, message}}</c>. A node is meant by its name; by
/// the name of its Retry node or its step, which means every attempt and item that is not named itself; or by its display name.
/// </summary>
public sealed class ScriptedOutcomes
{
    private static readonly string[] Fields = ["phase", "exitCode", "result", "parameters", "message"];

    private readonly Dictionary<string, LeafOutcome> outcomes;
    private readonly Dictionary<string, HashSet<string>> displayed = new(StringComparer.Ordinal);
    private readonly HashSet<string> used = new(StringComparer.Ordinal);

    private ScriptedOutcomes(Dictionary<string, LeafOutcome> outcomes) => this.outcomes = outcomes;

    public static ScriptedOutcomes None => new([]);

    /// <summary>The names that the file gives outcomes to, in its order.</summary>
    public IEnumerable<string> Names => outcomes.Keys;

    /// <summary>Names that no leaf answered to.</summary>
    public IEnumerable<string> Unused => outcomes.Keys.Where(name => !used.Contains(name));

    /// <summary>Display names that several nodes answered to, with those nodes.</summary>
    public IEnumerable<(string Name, IReadOnlyCollection<string> Nodes)> Ambiguous =>
        displayed.Where(pair => pair.Value.Count > 1).Select(pair => (pair.Key, (IReadOnlyCollection<string>)pair.Value));

    /// <exception cref="FormatException">The text is not such a file; the message says what is wrong, all of it, and where.</exception>
    public static ScriptedOutcomes Parse(string text)
    {
        JsonNode? json;
        try
        {
            json = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException malformed)
        {
            throw new FormatException($"line {(malformed.LineNumber ?? 0) + 1}, column {(malformed.BytePositionInLine ?? 0) + 1}: {Reason(malformed)}", malformed);
        }

        if (json is not JsonObject file)
        {
            throw new FormatException("an outcomes file is an object: node names with their outcomes");
        }

        List<string> problems = [];
        var read = file.ToDictionary(pair => pair.Key, pair => Read(pair.Key, pair.Value, problems), StringComparer.Ordinal);
        return problems.Count == 0 ? new ScriptedOutcomes(read) : throw new FormatException(string.Join(Environment.NewLine, problems));
    }

    /// <summary>What becomes of the leaf; it succeeds when nothing is said of it.</summary>
    public LeafOutcome Of(WorkflowState state, Node leaf)
    {
        if (outcomes.Count == 0)
        {
            return LeafOutcome.Succeeds;
        }

        foreach (var name in NamesOf(state, leaf))
        {
            if (outcomes.TryGetValue(name, out var outcome))
            {
                used.Add(name);
                return outcome;
            }
        }

        return ByDisplayName(state, leaf) ?? LeafOutcome.Succeeds;
    }

    // From the narrowest to the widest: the node, the Retry node it is an attempt of, the step or task it is an item of.
    private static IEnumerable<string> NamesOf(WorkflowState state, Node leaf)
    {
        yield return leaf.Name;
        var item = leaf;
        if (leaf.Is(NodeFlags.Retried) && state.At(leaf.Owner) is { } retry)
        {
            yield return retry.Name;
            item = retry;
        }

        if (item.Ordinal >= 0 && state.At(item.Owner) is { } group)
        {
            yield return group.Type == NodeType.TaskGroup ? group.Name : $"{group.Name}.{item.StepName}";
        }
    }

    private LeafOutcome? ByDisplayName(WorkflowState state, Node leaf)
    {
        foreach (var full in NamesOf(state, leaf))
        {
            var name = NodeNames.Display(full, state.At(leaf.Boundary)?.Name);
            if (outcomes.TryGetValue(name, out var outcome))
            {
                used.Add(name);
                (displayed.TryGetValue(name, out var nodes) ? nodes : displayed[name] = new(StringComparer.Ordinal)).Add(full);
                return outcome;
            }
        }

        return null;
    }

    private static LeafOutcome Read(string name, JsonNode? node, List<string> problems)
    {
        if (node is not JsonObject outcome)
        {
            problems.Add($"{name}: an outcome is an object with {string.Join(", ", Fields)}");
            return LeafOutcome.Succeeds;
        }

        problems.AddRange(outcome.Select(pair => pair.Key).Except(Fields).Select(field => $"{name}.{field}: there is no such field; use {string.Join(", ", Fields)}"));
        return new LeafOutcome(Phase(name, outcome["phase"], problems))
        {
            Message = Text(outcome["message"]),
            Outputs = new NodeOutputs
            {
                Result = Text(outcome["result"]),
                ExitCode = Text(outcome["exitCode"]),
                Parameters = Parameters(name, outcome["parameters"], problems),
            },
        };
    }

    private static NodePhase Phase(string name, JsonNode? phase, List<string> problems)
    {
        switch (Text(phase))
        {
            case null or nameof(NodePhase.Succeeded):
                return NodePhase.Succeeded;
            case nameof(NodePhase.Failed):
                return NodePhase.Failed;
            case nameof(NodePhase.Error):
                return NodePhase.Error;
            case var unknown:
                problems.Add($"{name}.phase: a leaf ends as Succeeded, Failed or Error, not as {unknown}");
                return NodePhase.Succeeded;
        }
    }

    private static List<ParameterValue> Parameters(string name, JsonNode? parameters, List<string> problems)
    {
        if (parameters is not (null or JsonObject))
        {
            problems.Add($"{name}.parameters: output parameters are an object: names with their values");
        }

        return [.. (parameters as JsonObject ?? []).Select(pair => new ParameterValue(pair.Key, Text(pair.Value) ?? ""))];
    }

    // What is not a string stands for its JSON, as in a manifest.
    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : node?.ToJsonString();

    // The place is said already, in numbers that count from one.
    private static string Reason(JsonException malformed) =>
        malformed.Message.IndexOf(" LineNumber:", StringComparison.Ordinal) is > 0 and var end ? malformed.Message[..end].TrimEnd('.', ' ') : malformed.Message;
}
