using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;
using Argosy.Engine.Expressions.Values;
using Argosy.Engine.Manifests;

namespace Argosy.Engine.Events;

/// <summary>Something that happened outside, as expressions of event bindings see it.</summary>
/// <param name="Discriminator">The last part of the address it was sent to; may be empty.</param>
/// <param name="Metadata">Headers by their lower-case names, each with all its values.</param>
/// <param name="Payload">Any JSON; null for an empty body.</param>
public sealed record OutsideEvent(
    string Namespace, string Discriminator, IReadOnlyDictionary<string, IReadOnlyList<string>> Metadata, JsonNode? Payload)
{
    internal IReadOnlyDictionary<string, object?> Environment => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["namespace"] = Namespace,
        ["discriminator"] = Discriminator,
        ["metadata"] = Metadata.ToDictionary(entry => entry.Key, entry => (object?)entry.Value, StringComparer.Ordinal),
        ["payload"] = Payload,
    };
}

/// <summary>What an event binding makes of an event: the template to submit, with names, labels and arguments taken from the event.</summary>
/// <param name="Name">Empty where the binding names none.</param>
/// <param name="GenerateName">Empty where the binding names none.</param>
public sealed record EventSubmission(
    string Template,
    bool IsClusterScope,
    string Name,
    string GenerateName,
    IReadOnlyDictionary<string, string> Labels,
    IReadOnlyDictionary<string, string> Annotations,
    IReadOnlyList<(string Name, string Value)> Parameters)
{
    /// <summary>What is to be submitted; null when the event is not for the binding, or the binding submits nothing.</summary>
    /// <exception cref="ExpressionException">An expression of the binding has no value with this event.</exception>
    public static EventSubmission? Of(JsonObject binding, OutsideEvent happened)
    {
        var spec = binding.ObjectAt("spec") ?? [];
        var environment = happened.Environment;
        if (!Selects(spec.ObjectAt("event")?.TextAt("selector") ?? "", environment) || spec.ObjectAt("submit") is not { } submit)
        {
            return null;
        }

        var reference = submit.ObjectAt("workflowTemplateRef") ?? [];
        var metadata = submit.ObjectAt("metadata") ?? [];
        return new EventSubmission(
            reference.TextAt("name") ?? "",
            reference.FlagAt("clusterScope"),
            Text(metadata.TextAt("name"), "name", environment),
            Text(metadata.TextAt("generateName"), "generateName", environment),
            Texts(metadata.ObjectAt("labels"), "label", environment),
            Texts(metadata.ObjectAt("annotations"), "annotation", environment),
            [.. (submit.ObjectAt("arguments") ?? []).ObjectsAt("parameters").Select(item => Parameter(item.Value, environment))]);
    }

    private static bool Selects(string selector, IReadOnlyDictionary<string, object?> environment)
    {
        try
        {
            return Expression.Parse(selector).EvaluateBoolean(environment);
        }
        catch (ExpressionException mistake)
        {
            throw new ExpressionException($"failed to evaluate workflow template expression: {mistake.Message}");
        }
    }

    private static (string Name, string Value) Parameter(JsonObject parameter, IReadOnlyDictionary<string, object?> environment)
    {
        var name = parameter.TextAt("name") ?? "";
        if (parameter.ObjectAt("valueFrom")?.TextAt("event") is not { } expression)
        {
            return parameter["value"].AnyText() is { } value
                ? (name, value)
                : throw new ExpressionException($"malformed workflow template parameter \"{name}\": valueFrom is nil");
        }

        try
        {
            var result = Expression.Parse(expression).Evaluate(environment);
            return (name, result as string ?? JsonText.Write(result));
        }
        catch (ExpressionException mistake)
        {
            throw new ExpressionException($"failed to evaluate workflow template parameter \"{name}\" expression: {mistake.Message}");
        }
    }

    private static Dictionary<string, string> Texts(JsonObject? map, string what, IReadOnlyDictionary<string, object?> environment) =>
        (map ?? []).ToDictionary(entry => entry.Key, entry => Text(entry.Value.Text(), $"{what} \"{entry.Key}\"", environment), StringComparer.Ordinal);

    private static string Text(string? expression, string what, IReadOnlyDictionary<string, object?> environment)
    {
        if (string.IsNullOrEmpty(expression))
        {
            return "";
        }

        object? result;
        try
        {
            result = Expression.Parse(expression).Evaluate(environment);
        }
        catch (ExpressionException mistake)
        {
            throw new ExpressionException($"failed to evaluate workflow {what} expression: {mistake.Message}");
        }

        return result as string
            ?? throw new ExpressionException($"workflow {what} expression must evaluate to a string, not a {Value.TypeName(result)}");
    }
}
