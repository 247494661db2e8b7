using System.Text.Json.Nodes;

namespace Argosy.Contracts.Agents;

/// <summary>How an object stands against the conditions of its resource template.</summary>
public enum ObjectOutcome
{
    /// <summary>Neither condition holds yet: look again when it changes.</summary>
    Undecided,
    Succeeded,
    Failed,
}

/// <param name="Message">Which failure condition holds, in upstream's words; null otherwise.</param>
public readonly record struct ObjectVerdict(ObjectOutcome Outcome, string? Message);

/// <summary>
/// <c>successCondition</c> and <c>failureCondition</c> of a resource template: terms of a label selector whose keys are paths into the
/// object's JSON (<c>status.succeeded &gt; 9, status.conditions.0.type == Ready</c>). One failure term is enough to fail, success needs all
/// its terms, and failure is asked first. Agents judge the objects of their clusters by it, and the hub its own.
/// </summary>
public sealed class ObjectConditions
{
    private readonly IReadOnlyList<ObjectTerm> _success;
    private readonly IReadOnlyList<ObjectTerm> _failure;

    private ObjectConditions(IReadOnlyList<ObjectTerm> success, IReadOnlyList<ObjectTerm> failure) => (_success, _failure) = (success, failure);

    /// <summary>Whether there is anything to wait for; without conditions the work on the object is its success.</summary>
    public bool AreGiven => _success.Count > 0 || _failure.Count > 0;

    /// <exception cref="FormatException">A condition cannot be read; the message says which and why.</exception>
    public static ObjectConditions Parse(string? success, string? failure) => new(Read(success, "success"), Read(failure, "fail"));

    public ObjectVerdict Judge(JsonNode? found)
    {
        foreach (var term in _failure)
        {
            if (term.Matches(found))
            {
                return new(ObjectOutcome.Failed, $"failure condition '{term}' evaluated true");
            }
        }

        return _success.All(term => term.Matches(found)) ? new(ObjectOutcome.Succeeded, null) : new(ObjectOutcome.Undecided, null);
    }

    private static IReadOnlyList<ObjectTerm> Read(string? condition, string which)
    {
        if (string.IsNullOrWhiteSpace(condition))
        {
            return [];
        }

        try
        {
            return new ObjectTermParser(condition).Parse();
        }
        catch (FormatException malformed)
        {
            throw new FormatException($"{which} condition '{condition}' failed to parse: {malformed.Message}", malformed);
        }
    }
}
