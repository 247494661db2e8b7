using System.Text;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Jq;

/// <summary>The formats <c>@name</c> by which values become text.</summary>
internal static class JqFormats
{
    private const string Base32Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private static readonly Dictionary<string, Func<object?, Budget, string>> Table = new(StringComparer.Ordinal)
    {
        ["@text"] = (value, _) => JqValue.Plain(value),
        ["@json"] = (value, _) => JqValue.Text(value),
        ["@html"] = (value, _) => Escaped(JqValue.Plain(value)),
        ["@uri"] = (value, _) => Uri.EscapeDataString(JqValue.Plain(value)),
        ["@urid"] = (value, _) => Uri.UnescapeDataString(JqValue.Plain(value)),
        ["@csv"] = (value, _) => Row(value, "csv", ",", text => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""),
        ["@tsv"] = (value, _) => Row(value, "tsv", "\t", OfTabbed),
        ["@sh"] = (value, _) => string.Join(' ', (value as List<object?> ?? [value]).Select(Quoted)),
        ["@base64"] = (value, _) => Convert.ToBase64String(Encoding.UTF8.GetBytes(JqValue.Plain(value))),
        ["@base64d"] = (value, _) => FromBase64(JqValue.Plain(value)),
        ["@base32"] = (value, _) => ToBase32(Encoding.UTF8.GetBytes(JqValue.Plain(value))),
        ["@base32d"] = (value, _) => FromBase32(JqValue.Plain(value)),
    };

    public static Func<object?, Budget, string>? Find(string name) => Table.TryGetValue(name, out var write)
        ? (value, budget) =>
        {
            var text = write(value, budget);
            budget.SpendText(text.Length);
            return text;
        }
        : null;

    private static string Escaped(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            _ = c switch
            {
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '&' => escaped.Append("&amp;"),
                '\'' => escaped.Append("&#39;"),
                '"' => escaped.Append("&quot;"),
                _ => escaped.Append(c),
            };
        }

        return escaped.ToString();
    }

    private static string Row(object? value, string format, string separator, Func<string, string> quote)
    {
        var cells = value as List<object?> ?? throw new JqFailure($"@{format} cannot be applied to: {JqValue.Preview(value)}");
        return string.Join(separator, cells.Select(cell => cell switch
        {
            null => "",
            string text => quote(text),
            bool or long or double => JqValue.Text(cell),
            _ => throw new JqFailure($"@{format} cannot format an array including: {JqValue.Preview(cell)}"),
        }));
    }

    private static string OfTabbed(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\t", "\\t", StringComparison.Ordinal)
        .Replace("\r", "\\r", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Quoted(object? value) => value switch
    {
        string text => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'",
        List<object?> or ValueMap => throw new JqFailure($"@sh cannot be applied to: {JqValue.Preview(value)}"),
        _ => JqValue.Text(value),
    };

    private static string FromBase64(string text)
    {
        var bare = text.TrimEnd('=');
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(bare.PadRight((bare.Length + 3) / 4 * 4, '=')));
        }
        catch (FormatException)
        {
            throw new JqFailure($"@base64d cannot be applied to: {JqValue.Preview(text)}");
        }
    }

    private static string ToBase32(byte[] bytes)
    {
        var text = new StringBuilder();
        for (var bit = 0; bit < bytes.Length * 8; bit += 5)
        {
            var two = (bytes[bit / 8] << 8) | (bit / 8 + 1 < bytes.Length ? bytes[(bit / 8) + 1] : 0);
            text.Append(Base32Alphabet[(two >> (11 - (bit % 8))) & 31]);
        }

        return text.ToString().PadRight((text.Length + 7) / 8 * 8, '=');
    }

    private static string FromBase32(string text)
    {
        var bytes = new List<byte>();
        var (held, bits) = (0, 0);
        foreach (var c in text.TrimEnd('='))
        {
            var digit = Base32Alphabet.IndexOf(c, StringComparison.Ordinal);
            if (digit < 0)
            {
                throw new JqFailure($"@base32d cannot be applied to: {JqValue.Preview(text)}");
            }

            (held, bits) = (((held << 5) | digit) & 0xFFF, bits + 5);
            if (bits >= 8)
            {
                bits -= 8;
                bytes.Add((byte)(held >> bits));
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
