using System.Text;

namespace Argosy.Engine.Expressions.Jq;

internal static class JqTextFunctions
{
    public static void AddTo(Action<string, int, Func<JqCall, object?>> add)
    {
        add("startswith", 1, call => call.Text.StartsWith(call.TextAt(0), StringComparison.Ordinal));
        add("endswith", 1, call => call.Text.EndsWith(call.TextAt(0), StringComparison.Ordinal));

        // Cutting what is not there, or from what is no text, changes nothing.
        add("ltrimstr", 1, call => call.Input is string text && call[0] is string prefix && text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : call.Input);
        add("rtrimstr", 1, call => WithoutSuffix(call.Input, call[0]));
        add("trimstr", 1, call => WithoutSuffix(call.Input is string text && call[0] is string prefix && text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : call.Input, call[0]));
        add("trim", 0, call => call.Text.Trim());
        add("ltrim", 0, call => call.Text.TrimStart());
        add("rtrim", 0, call => call.Text.TrimEnd());
        add("ascii_downcase", 0, call => Paid(call, string.Concat(call.Text.Select(c => char.IsAsciiLetterUpper(c) ? char.ToLowerInvariant(c) : c))));
        add("ascii_upcase", 0, call => Paid(call, string.Concat(call.Text.Select(c => char.IsAsciiLetterLower(c) ? char.ToUpperInvariant(c) : c))));
        add("explode", 0, Explode);
        add("implode", 0, Implode);
        add("split", 1, call => JqTexts.Split(call.Text, call.TextAt(0), call.Budget));

        add("format", 1, call => (JqFormats.Find("@" + call.TextAt(0)) ?? throw new JqFailure($"format not defined: {JqValue.Preview(call[0])}"))(call.Input, call.Budget));
    }

    private static string Paid(JqCall call, string text) => JqValueFunctions.Paid(call, text);

    private static object? WithoutSuffix(object? input, object? suffix) =>
        input is string text && suffix is string end && text.EndsWith(end, StringComparison.Ordinal) ? text[..^end.Length] : input;

    private static List<object?> Explode(JqCall call)
    {
        call.Budget.Spend(call.Text.Length);
        return [.. call.Text.EnumerateRunes().Select(rune => (object?)(long)rune.Value)];
    }

    private static string Implode(JqCall call)
    {
        var text = new StringBuilder();
        foreach (var code in call.List)
        {
            call.Budget.Spend(1);
            var number = code is long or double ? JqValue.Whole(code) : throw call.Refused();
            text.Append((number is >= 0 and <= 0x10FFFF && Rune.IsValid((int)number) ? new Rune((int)number) : Rune.ReplacementChar).ToString());
        }

        return text.ToString();
    }
}
