using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.JsonPaths;

/// <summary>A condition of a filter, asked of one element.</summary>
internal abstract class JsonPathCondition
{
    public abstract object? Evaluate(object? element, object? document, Budget budget);

    public bool Holds(object? element, object? document, Budget budget) => Evaluate(element, document, budget) switch
    {
        bool answer => answer,
        null or Missing => false,
        _ => true,
    };

    /// <summary>The value of a path that leads nowhere: equal to nothing, not even nil.</summary>
    public sealed class Missing
    {
        public static readonly Missing Value = new();
    }
}

internal sealed class LiteralCondition(object? value) : JsonPathCondition
{
    public override object? Evaluate(object? element, object? document, Budget budget) => value;
}

/// <param name="steps">The path after its first sign.</param>
/// <param name="fromDocument">Whether the path begins at <c>$</c> rather than at <c>@</c>.</param>
internal sealed class PathCondition(List<JsonPathStep> steps, bool fromDocument) : JsonPathCondition
{
    public override object? Evaluate(object? element, object? document, Budget budget)
    {
        var found = JsonPath.Find(steps, fromDocument ? document : element, document, budget);
        return found.Count == 0 ? Missing.Value
            : steps.TrueForAll(step => step.IsDefinite) ? found[0]
            : found;
    }
}

/// <summary>A path asked for on its own: does it lead anywhere? False and nil count as somewhere.</summary>
internal sealed class ExistsCondition(PathCondition path) : JsonPathCondition
{
    public override object? Evaluate(object? element, object? document, Budget budget) => path.Evaluate(element, document, budget) is not Missing;
}

internal sealed class NotCondition(JsonPathCondition operand) : JsonPathCondition
{
    public override object? Evaluate(object? element, object? document, Budget budget) => !operand.Holds(element, document, budget);
}

internal sealed class JunctionCondition(bool all, JsonPathCondition left, JsonPathCondition right) : JsonPathCondition
{
    public override object? Evaluate(object? element, object? document, Budget budget) => all
        ? left.Holds(element, document, budget) && right.Holds(element, document, budget)
        : left.Holds(element, document, budget) || right.Holds(element, document, budget);
}

internal sealed class CompareCondition(string @operator, JsonPathCondition left, JsonPathCondition right) : JsonPathCondition
{
    public override object? Evaluate(object? element, object? document, Budget budget)
    {
        budget.Spend(1);
        var a = left.Evaluate(element, document, budget);
        var b = right.Evaluate(element, document, budget);
        return @operator switch
        {
            "==" => a is not Missing && b is not Missing && Comparison.Equals(a, b, budget),
            "!=" => a is Missing || b is Missing || !Comparison.Equals(a, b, budget),
            "=~" => a is string text && b is string pattern && GoRegex.IsMatch(text, pattern),
            _ => Comparison.TryOrder(a, b) is { } order && @operator switch
            {
                "<" => order < 0,
                "<=" => order <= 0,
                ">" => order > 0,
                _ => order >= 0,
            },
        };
    }
}
