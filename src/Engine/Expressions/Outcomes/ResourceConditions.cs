using System.Text.Json.Nodes;
using Argosy.Engine.Placement;

namespace Argosy.Engine.Expressions.Outcomes;

/// <summary>How a created resource stands against the conditions of its template.</summary>
public enum ResourceOutcome
{
    /// <summary>Neither condition holds yet: look again later.</summary>
    Undecided,
    Succeeded,
    Failed,
}

/// <param name="Message">Which failure condition holds, or null.</param>
public readonly record struct ResourceVerdict(ResourceOutcome Outcome, string? Message);

/// <summary>
/// <c>successCondition</c> and <c>failureCondition</c> of a resource template: terms of a label selector whose keys are paths into the
/// resource's JSON (<c>status.succeeded &gt; 9, status.conditions.0.type == Ready</c>). One failure term is enough to fail, success needs all
/// its terms, and failure is asked first.
/// </summary>
public sealed class ResourceConditions
{
    private readonly LabelSelector success;
    private readonly LabelSelector failure;

    private ResourceConditions(LabelSelector success, LabelSelector failure) => (this.success, this.failure) = (success, failure);

    /// <summary>Whether there is anything to wait for; without conditions the resource's creation is its success.</summary>
    public bool AreGiven => !success.IsEmpty || !failure.IsEmpty;

    /// <exception cref="ExpressionException">A condition cannot be read.</exception>
    public static ResourceConditions Parse(string? success, string? failure) => new(Read(success, "success"), Read(failure, "fail"));

    public ResourceVerdict Judge(JsonNode? resource)
    {
        foreach (var term in failure.Requirements)
        {
            if (term.Matches(Seen(term, resource)))
            {
                return new(ResourceOutcome.Failed, $"failure condition '{term}' evaluated true");
            }
        }

        return success.Requirements.All(term => term.Matches(Seen(term, resource)))
            ? new(ResourceOutcome.Succeeded, null)
            : new(ResourceOutcome.Undecided, null);
    }

    private static LabelSelector Read(string? condition, string which) => LabelSelector.TryParse(condition, out var selector, out var error)
        ? selector
        : throw new ExpressionException($"{which} condition '{condition}' failed to parse: {error}");

    private static Dictionary<string, string> Seen(LabelRequirement term, JsonNode? resource) =>
        TryFind(resource, term.Key, out var value) ? new(StringComparer.Ordinal) { [term.Key] = Text(value) } : [];

    /// <summary>Names of objects' fields and positions in lists, joined by dots.</summary>
    private static bool TryFind(JsonNode? node, string path, out JsonNode? value)
    {
        value = node;
        foreach (var key in path.Split('.'))
        {
            switch (value)
            {
                case JsonObject map when map.TryGetPropertyValue(key, out var inner):
                    value = inner;
                    break;
                case JsonArray list when int.TryParse(key, out var index) && index >= 0 && index < list.Count:
                    value = list[index];
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    private static string Text(JsonNode? value) => value switch
    {
        null => "",
        JsonValue scalar when scalar.TryGetValue<string>(out var text) => text,
        _ => value.ToJsonString(),
    };
}
