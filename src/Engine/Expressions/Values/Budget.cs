namespace Argosy.Engine.Expressions.Values;

/// <summary>
/// How much work one evaluation may do. A unit is about one visited node, one list element or sixteen characters of new text; the whole
/// is some tens of milliseconds. Counting work instead of time keeps the engine's answers the same on every machine.
/// </summary>
internal sealed class Budget
{
    private const int CharactersPerUnit = 16;

    private long left = 2_000_000;

    public void Spend(long units)
    {
        left -= units;
        if (left < 0)
        {
            throw new ExpressionException("the expression needs more work than is allowed");
        }
    }

    /// <summary>Pays for text before it is made.</summary>
    public void SpendText(long characters) => Spend(1 + (characters / CharactersPerUnit));
}
