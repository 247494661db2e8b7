namespace Argosy.Engine.Templates;

/// <summary>
/// Finds whose <c>outputs.result</c> a template's JSON asks for: <c>steps.NAME.outputs.result</c> in a tag, and
/// <c>steps['NAME'].outputs.result</c> in an expression, with either quote, escaped as JSON writers do.
/// </summary>
internal static class ResultReferences
{
    private const string Suffix = ".outputs.result";
    private static readonly string[] Quotes = ["'", "\\u0027", "\\\"", "\\u0022"];

    public static IReadOnlySet<string> In(string json)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var at = json.IndexOf(Suffix, StringComparison.Ordinal); at >= 0; at = json.IndexOf(Suffix, at + 1, StringComparison.Ordinal))
        {
            names.Add(NameBefore(json.AsSpan(0, at)).ToString());
        }

        return names;
    }

    private static ReadOnlySpan<char> NameBefore(ReadOnlySpan<char> text)
    {
        foreach (var quote in Quotes)
        {
            if (text.EndsWith(quote + "]", StringComparison.Ordinal))
            {
                var name = text[..^(quote.Length + 1)];
                return name[(name.LastIndexOf("[" + quote, StringComparison.Ordinal) + 1 + quote.Length)..];
            }
        }

        return text[(text.LastIndexOf('.') + 1)..];
    }
}
