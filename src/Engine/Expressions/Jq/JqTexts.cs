using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Jq;

/// <summary>Cutting and searching texts and lists. Positions count characters, not UTF-16 units.</summary>
internal static class JqTexts
{
    /// <summary>The parts between separators; all characters for an empty separator, nothing of an empty text.</summary>
    public static List<object?> Split(string text, string separator, Budget budget)
    {
        budget.SpendText(text.Length);
        List<object?> parts = text.Length == 0 ? []
            : separator.Length == 0 ? [.. text.EnumerateRunes().Select(rune => rune.ToString())]
            : [.. text.Split(separator)];
        budget.Spend(parts.Count);
        return parts;
    }

    public static List<object?> Indices(string text, string wanted, Budget budget)
    {
        budget.SpendText(text.Length);
        var found = new List<object?>();
        if (wanted.Length == 0)
        {
            return found;
        }

        var runes = 0L;
        var counted = 0;
        for (var at = text.IndexOf(wanted, StringComparison.Ordinal); at >= 0; at = text.IndexOf(wanted, at + 1, StringComparison.Ordinal))
        {
            budget.Spend(1);
            runes += RuneCount(text, counted, at);
            counted = at;
            found.Add(runes);
        }

        return found;
    }

    public static List<object?> Indices(List<object?> list, List<object?> wanted, Budget budget)
    {
        var found = new List<object?>();
        for (var at = 0; wanted.Count > 0 && at + wanted.Count <= list.Count; at++)
        {
            budget.Spend(1);
            if (Enumerable.Range(0, wanted.Count).All(i => JqValue.Compare(list[at + i], wanted[i], budget) == 0))
            {
                found.Add((long)at);
            }
        }

        return found;
    }

    public static long RuneCount(string text, int from, int to)
    {
        long count = 0;
        foreach (var _ in text.AsSpan(from, to - from).EnumerateRunes())
        {
            count++;
        }

        return count;
    }
}
