using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>The items of withSequence: strings, formatted as Go's printf formats one integer.</summary>
internal static class Sequences
{
    private const int MaxItems = 1_000_000;

    /// <exception cref="ExpressionException">A bound is not a number, or there would be too many items.</exception>
    public static IEnumerable<string> Items(JsonObject sequence)
    {
        var start = Number(sequence, "start") ?? 0;
        long end;
        if (sequence.ContainsKey("count"))
        {
            var count = Number(sequence, "count") ?? 0;
            if (count == 0)
            {
                return [];
            }

            end = count is > -MaxItems and < MaxItems && Int128.Abs(start) < long.MaxValue - MaxItems
                ? start + count - 1
                : throw new ExpressionException($"withSequence from {start} has {count} items, more than {MaxItems}");
        }
        else
        {
            end = Number(sequence, "end") ?? throw new ExpressionException("must have one of (count, end) in withSequence");
        }

        if (Int128.Abs((Int128)end - start) >= MaxItems)
        {
            throw new ExpressionException($"withSequence from {start} to {end} has more than {MaxItems} items");
        }

        var format = sequence.Text("format");
        return Numbers(start, end).Select(number => Format(format, number));
    }

    private static IEnumerable<long> Numbers(long start, long end)
    {
        var step = start <= end ? 1 : -1;
        for (var number = start; number != end + step; number += step)
        {
            yield return number;
        }
    }

    private static long? Number(JsonObject sequence, string field) => sequence.Text(field) is not { Length: > 0 } text
        ? null
        : long.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new ExpressionException($"withSequence.{field} is not a whole number: '{text}'");

    // %[flags][width](d|x|X|o|b|c|v) and %%: what Go's printf makes of an integer.
    private static string Format(string? format, long number)
    {
        if (string.IsNullOrEmpty(format))
        {
            return number.ToString(CultureInfo.InvariantCulture);
        }

        var text = new StringBuilder();
        for (var at = 0; at < format.Length; at++)
        {
            if (format[at] != '%' || at + 1 == format.Length)
            {
                text.Append(format[at]);
                continue;
            }

            var verb = at + 1;
            while (verb < format.Length && (char.IsAsciiDigit(format[verb]) || format[verb] is '-' or '+' or '#' or ' '))
            {
                verb++;
            }

            if (verb == format.Length)
            {
                text.Append("%!(NOVERB)");
                break;
            }

            text.Append(format[verb] == '%' ? "%" : Pad(format[(at + 1)..verb], format[verb], number));
            at = verb;
        }

        return text.ToString();
    }

    private static string Pad(string flags, char verb, long number)
    {
        var digits = verb switch
        {
            'd' or 'v' => Math.Abs(number).ToString(CultureInfo.InvariantCulture),
            'x' => Math.Abs(number).ToString("x", CultureInfo.InvariantCulture),
            'X' => Math.Abs(number).ToString("X", CultureInfo.InvariantCulture),
            'o' => Convert.ToString(Math.Abs(number), 8),
            'b' => Convert.ToString(Math.Abs(number), 2),
            'c' => Rune.IsValid((int)Math.Clamp(number, -1, int.MaxValue)) ? new Rune((int)number).ToString() : Rune.ReplacementChar.ToString(),
            _ => $"%!{verb}(int={number.ToString(CultureInfo.InvariantCulture)})",
        };
        var sign = number < 0 ? "-" : flags.Contains('+', StringComparison.Ordinal) ? "+" : "";
        var rest = flags.TrimStart('+', '-', '#', ' ');
        var width = int.TryParse(rest, CultureInfo.InvariantCulture, out var wanted) ? Math.Min(wanted, 1000) : 0;
        if (flags.Contains('-', StringComparison.Ordinal))
        {
            return (sign + digits).PadRight(width);
        }

        return rest.StartsWith('0') ? sign + digits.PadLeft(width - sign.Length, '0') : (sign + digits).PadLeft(width);
    }
}
