using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Outcomes;

/// <summary>
/// The <c>transformation</c> of a data template: each expression gets what the one before it made under the name <c>data</c>, the first one
/// the list of keys that the source found.
/// </summary>
public sealed class DataPipeline
{
    private readonly IReadOnlyList<Expression> steps;

    private DataPipeline(IReadOnlyList<Expression> steps) => this.steps = steps;

    /// <exception cref="ExpressionException">An expression cannot be read; the message says which.</exception>
    public static DataPipeline Parse(IEnumerable<string> expressions) => new([.. expressions.Select(Read)]);

    /// <summary>The node's <c>outputs.result</c>: what the last expression made, as JSON.</summary>
    /// <exception cref="ExpressionException">An expression has no value; the message says which.</exception>
    public string Run(IEnumerable<string> keys)
    {
        object? data = keys.ToList<object?>();
        for (var i = 0; i < steps.Count; i++)
        {
            try
            {
                data = steps[i].Evaluate(new Dictionary<string, object?> { ["data"] = data });
            }
            catch (ExpressionException e)
            {
                throw new ExpressionException($"unable to run transformation[{i}] '{steps[i].Source}': {e.Message}");
            }
        }

        return JsonText.Write(data);
    }

    private static Expression Read(string expression, int index)
    {
        try
        {
            return Expression.Parse(expression);
        }
        catch (ExpressionException e)
        {
            throw new ExpressionException($"transformation[{index}] '{expression}' is no expression: {e.Message}");
        }
    }
}
