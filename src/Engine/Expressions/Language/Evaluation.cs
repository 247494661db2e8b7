using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Language;

/// <summary>What one evaluation has of its own: the variables it sees, its <c>let</c> and closure slots and its budget.</summary>
internal sealed class Evaluation(Surroundings surroundings, int slots)
{
    public Surroundings Surroundings { get; } = surroundings;

    public object?[] Slots { get; } = slots == 0 ? [] : new object?[slots];

    public Budget Budget { get; } = new();
}
