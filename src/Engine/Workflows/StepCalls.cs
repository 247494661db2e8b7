using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>One member of a steps group or a task, for one of its items.</summary>
internal sealed record PlannedCall(Step Step, string NodeName, int Ordinal, JsonNode? Item, bool IsItem)
{
    /// <summary>The step found a loop with nothing in it.</summary>
    public bool IsEmptyLoop { get; init; }
}

/// <summary>Variables seen from one place: chance is of its own there.</summary>
internal sealed class PlacedVariables(IVariables variables, string place) : IVariables
{
    public string? Find(string name) => variables.Find(name);

    public IEnumerable<KeyValuePair<string, string>> Under(string root) => variables.Under(root);

    public bool IsAbsent(string name) => variables.IsAbsent(name);

    public Occasion? Occasion => variables.Occasion is { } around ? around with { Place = $"{around.Place}/{place}" } : null;
}

/// <summary>Reads a step's rendered fields and calls what it names.</summary>
internal static class StepCalls
{
    /// <summary>Expands a step into its calls: one, or one for each item.</summary>
    /// <exception cref="ExpressionException">The items cannot be worked out.</exception>
    public static IReadOnlyList<PlannedCall> Expand(Step step, string nodeName, IVariables variables)
    {
        if (!step.IsLoop)
        {
            return [new PlannedCall(step, nodeName, -1, null, false)];
        }

        var rendered = step.ItemTags.Render(variables);
        var fields = (JsonObject)rendered.Json!;
        RefuseUnresolved(rendered, fields, field => field is "withItems" or "withParam" or "withSequence");
        var items = Items(fields);
        return items.Count == 0
            ? [new PlannedCall(step, nodeName, -1, null, false) { IsEmptyLoop = true }]
            : [.. items.Select((item, index) => new PlannedCall(step, NodeNames.LoopChild(nodeName, index, item), index, item, true))];
    }

    /// <summary>Evaluates the step's condition for one item and calls its template.</summary>
    /// <exception cref="ExpressionException">A tag or the condition cannot be worked out.</exception>
    public static CallOutcome Make(Turn turn, PlannedCall planned, Node owner, Node boundary, IVariables variables, NodeFlags flags)
    {
        var scope = boundary.Scope;
        var step = planned.Step;
        var seen = Seen(planned, variables);

        Call Calling(Template template, TemplateScope at, string name) => new(planned.NodeName, template, at, owner.Index, boundary.Index)
        {
            TemplateName = name,
            StepName = step.Name,
            Ordinal = planned.Ordinal,
            Flags = flags,
            Variables = seen,
        };

        if (step.Condition?.Render(seen) is { Json: JsonObject said } condition)
        {
            RefuseUnresolved(condition, said, field => field == "when");
            if (said.Text("when") is { Length: > 0 } when && !WhenCondition.Evaluate(when))
            {
                Launching.Skip(turn, Calling(Nothing, scope, said.Text("template") ?? ""), NodePhase.Skipped, $"when '{when}' evaluated false");
                return CallOutcome.Made;
            }
        }

        var rendered = step.Tags.Render(seen);
        var fields = (JsonObject)rendered.Json!;
        var arguments = ArgumentsOf(fields, rendered);
        var callee = Callee.Find(turn, scope, fields.Text("template"), TemplateRef.Read(fields.Object("templateRef")), step.Inline);
        if (callee.Missing is { } missing)
        {
            turn.AwaitResource(missing, owner.Index);
            return CallOutcome.Waiting;
        }

        if (callee.Template is null)
        {
            throw new ExpressionException(callee.Error!);
        }

        var captures = turn.TemplateOf(boundary).RefersToResultOf(step.Name) ? NodeFlags.CaptureResult : NodeFlags.None;
        return Launching.Launch(turn, Calling(callee.Template, callee.Scope, callee.Name) with { Arguments = arguments, Flags = flags | captures });
    }

    /// <summary>What a call's fields may refer to: the variables around it, and its item.</summary>
    internal static IVariables Seen(PlannedCall planned, IVariables variables) =>
        new PlacedVariables(planned.IsItem ? new LocalVariables(ItemVariables(planned.Item), variables) : variables, planned.NodeName);

    /// <summary>A stand-in for the template of a node that never runs one.</summary>
    public static readonly Template Nothing = Template.Read([]);

    /// <summary>
    /// The arguments of a rendered step. An argument that is exactly one tag of a member that was skipped counts as not given.
    /// </summary>
    internal static Arguments ArgumentsOf(JsonObject fields, RenderedJson rendered)
    {
        var arguments = Arguments.Read(fields.Object("arguments"));
        if (rendered.Unresolved.Count == 0 && rendered.Absent.Count == 0)
        {
            return arguments;
        }

        var given = arguments.Parameters
            .Where(parameter => !rendered.Absent.Any(absent => IsExactly(parameter.Value, absent)))
            .ToList();
        foreach (var parameter in given)
        {
            if (Leftover(rendered, parameter.Value) is { } tag)
            {
                throw new ExpressionException($"failed to resolve {{{{{tag}}}}}");
            }
        }

        // Where an artifact comes from may be missing, if it is optional; what else is said of it may not.
        foreach (var said in arguments.Artifacts.SelectMany(artifact => artifact.Json).Where(said => said.Key is not ("from" or "fromExpression")))
        {
            if (Leftover(rendered, said.Value?.ToJsonString()) is { } tag)
            {
                throw new ExpressionException($"failed to resolve {{{{{tag}}}}}");
            }
        }

        return arguments with { Parameters = given };
    }

    private static void RefuseUnresolved(RenderedJson rendered, JsonObject fields, Predicate<string> concerns)
    {
        if (rendered.Unresolved.Count == 0 && rendered.Absent.Count == 0)
        {
            return;
        }

        foreach (var (field, value) in fields)
        {
            if (concerns(field) && Leftover(rendered, value?.ToJsonString()) is { } tag)
            {
                throw new ExpressionException($"failed to resolve {{{{{tag}}}}}");
            }
        }
    }

    /// <summary>A tag that should have had a value by now and is still in the text.</summary>
    internal static string? Leftover(RenderedJson rendered, string? text) => text is null
        ? null
        : rendered.Unresolved.Concat(rendered.Absent).FirstOrDefault(tag =>
            MustResolve(tag) && text.Contains(tag, StringComparison.Ordinal) && text.Contains("{{", StringComparison.Ordinal));

    /// <summary>Only tags of these families can be an error; any other unknown tag is somebody else's text.</summary>
    internal static bool MustResolve(string tag) =>
        tag.StartsWith('=')
        || ((tag == "item" || tag.StartsWith("item.", StringComparison.Ordinal) || tag.StartsWith("steps.", StringComparison.Ordinal)
            || tag.StartsWith("tasks.", StringComparison.Ordinal) || tag.StartsWith("inputs.", StringComparison.Ordinal)
            || tag.StartsWith("outputs.", StringComparison.Ordinal) || tag.StartsWith("workflow.", StringComparison.Ordinal)
            || tag.StartsWith("pod.", StringComparison.Ordinal))
            && tag is not ("workflow.status" or "workflow.failures"));

    private static bool IsExactly(string? value, string tag) =>
        value is not null && value.StartsWith("{{", StringComparison.Ordinal) && value.EndsWith("}}", StringComparison.Ordinal)
        && value.AsSpan(2, value.Length - 4).Trim().SequenceEqual(tag);

    private static Dictionary<string, string> ItemVariables(JsonNode? item)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["item"] = GoJson.OfItem(item) };
        if (item is JsonObject map)
        {
            foreach (var (key, value) in map)
            {
                variables["item." + key] = GoJson.OfItem(value);
            }
        }

        return variables;
    }

    private static IReadOnlyList<JsonNode?> Items(JsonObject fields)
    {
        if (fields["withItems"] is JsonArray items)
        {
            return [.. items];
        }

        if (fields.Text("withParam") is { } text)
        {
            try
            {
                return JsonNode.Parse(text) is JsonArray list
                    ? [.. list]
                    : throw new ExpressionException($"withParam value could not be parsed as a JSON list: {Shorten(text)}");
            }
            catch (JsonException failure)
            {
                throw new ExpressionException($"withParam value could not be parsed as a JSON list: {Shorten(text)}: {failure.Message}");
            }
        }

        return fields.Object("withSequence") is { } sequence ? [.. Sequences.Items(sequence).Select(item => (JsonNode?)JsonValue.Create(item))] : [];
    }

    private static string Shorten(string text) => text.Length <= 200 ? text : text[..200] + "…";
}
