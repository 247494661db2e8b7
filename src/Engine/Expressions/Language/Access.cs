using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Language;

/// <summary>Members, elements and slices of values.</summary>
internal static class Access
{
    /// <summary>A map's value, or nil when it has no such key.</summary>
    public static object? Member(object? target, string name) => target is ValueMap map
        ? map.GetValueOrDefault(name)
        : throw new ExpressionException($"cannot fetch {name} from {Value.TypeName(target)}");

    public static object? Element(object? target, object? index)
    {
        switch (target, index)
        {
            case (ValueMap map, _):
                return map.GetValueOrDefault(index as string ?? GoText.Of(index));
            case (List<object?> list, long or double):
                var position = Position(index);
                position = position < 0 ? position + list.Count : position;
                return position >= 0 && position < list.Count
                    ? list[(int)position]
                    : throw new ExpressionException($"index out of range: {GoText.Of(index)} (array length is {list.Count})");
            default:
                throw new ExpressionException($"cannot fetch {GoText.Of(index)} from {Value.TypeName(target)}");
        }
    }

    /// <summary>Bounds count from the end when negative and are clipped to what is there.</summary>
    public static object Slice(object? target, object? from, object? to, Budget budget)
    {
        switch (target)
        {
            case List<object?> list:
                var (start, end) = Bounds(from, to, list.Count);
                budget.Spend(end - start);
                return list.GetRange(start, end - start);
            case string text:
                var runes = text.EnumerateRunes().ToArray();
                var (first, last) = Bounds(from, to, runes.Length);
                budget.SpendText(text.Length);
                return string.Concat(runes[first..last].Select(rune => rune.ToString()));
            default:
                throw new ExpressionException($"cannot slice {Value.TypeName(target)}");
        }
    }

    private static (int Start, int End) Bounds(object? from, object? to, int length)
    {
        var start = Clip(from is null ? 0 : Position(from), length);
        var end = Clip(to is null ? length : Position(to), length);
        return (Math.Min(start, end), end);
    }

    private static int Clip(long position, int length) => (int)Math.Clamp(position < 0 ? position + length : position, 0, length);

    private static long Position(object? value) => value switch
    {
        long number => number,
        double number when Math.Abs(number) < long.MaxValue => (long)number,
        _ => throw new ExpressionException($"an index must be a number, not {Value.TypeName(value)}"),
    };
}
