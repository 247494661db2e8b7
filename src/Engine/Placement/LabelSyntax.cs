namespace Argosy.Engine.Placement;

/// <summary>What Kubernetes accepts as the key and the value of a label.</summary>
public static class LabelSyntax
{
    private const int LongestName = 63;
    private const int LongestPrefix = 253;

    /// <summary>What is wrong with a label (or annotation) key, or null.</summary>
    public static string? KeyError(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        var (prefix, name) = slash < 0 ? (null, key) : (key[..slash], key[(slash + 1)..]);
        if (prefix is not null && (prefix.Length is 0 or > LongestPrefix || !prefix.Split('.').All(IsDnsLabel)))
        {
            return "prefix part must be a lowercase DNS subdomain of at most 253 characters";
        }

        return name.Length switch
        {
            0 => "name part must be non-empty",
            > LongestName => "name part must be no more than 63 characters",
            _ when !IsName(name) =>
                "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
            _ => null,
        };
    }

    /// <summary>What is wrong with a label value, or null. The empty value is fine.</summary>
    public static string? ValueError(string value) => value.Length switch
    {
        0 => null,
        > LongestName => "must be no more than 63 characters",
        _ when !IsName(value) =>
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
            + "and must start and end with an alphanumeric character",
        _ => null,
    };

    private static bool IsName(string text) =>
        char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1])
        && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');

    private static bool IsDnsLabel(string text) =>
        text.Length > 0 && IsLowerAlphanumeric(text[0]) && IsLowerAlphanumeric(text[^1])
        && text.All(letter => IsLowerAlphanumeric(letter) || letter == '-');

    private static bool IsLowerAlphanumeric(char letter) => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter);
}
