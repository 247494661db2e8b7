using Argosy.Engine.Expressions.Conditions;

namespace Argosy.Engine.Expressions;

/// <summary>The <c>when</c> of a step or task, after its tags were replaced by values. The grammar is at <see cref="WhenParser"/>.</summary>
public static class WhenCondition
{
    /// <exception cref="ExpressionException">The text is no condition, or its result is neither true nor false.</exception>
    public static bool Evaluate(string text)
    {
        try
        {
            var result = WhenParser.Parse(text).Evaluate();
            return result is bool answer
                ? answer
                : throw new ExpressionException($"expected true or false, got {WhenValue.Text(result)}");
        }
        catch (ExpressionException e)
        {
            throw new ExpressionException(
                $"Invalid 'when' expression '{text}': {e.Message} (hint: put quotes around values that are more than one word)");
        }
    }
}
