using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Argosy.Engine.Placement;

namespace Argosy.ControlPlane.Resources.Lifecycle;

/// <summary>Kubernetes' rules for names, labels and annotations.</summary>
internal static class ObjectNames
{
    private const int LongestName = 253;
    private const int LongestLabel = 63;
    private const int SuffixLength = 5;
    private const int LongestAnnotationsBytes = 256 * 1024;
    private static readonly string[] TextMapFields = ["labels", "annotations"];

    // No vowels and nothing that looks alike: a suffix spells no word.
    private const string SuffixLetters = "bcdfghjklmnpqrstvwxz2456789";

    /// <summary>A name from a <c>generateName</c> stem.</summary>
    public static string Generate(string stem) =>
        stem[..Math.Min(stem.Length, LongestLabel - SuffixLength)] + RandomNumberGenerator.GetString(SuffixLetters, SuffixLength);

    /// <summary>Everything that is wrong with the metadata.</summary>
    public static IEnumerable<(string Field, string Message)> Check(ResourceKind kind, JsonObject value)
    {
        if (value.MetadataText("name") is not { } name)
        {
            yield return ("metadata.name", "Required value: name or generateName is required");
        }
        else if (NameError(kind, name) is { } error)
        {
            yield return ("metadata.name", $"Invalid value: \"{name}\": {error}");
        }

        foreach (var (field, map) in TextMaps(value))
        {
            if (map is not JsonObject entries)
            {
                yield return (field, "Invalid value: must be a map of strings");
                continue;
            }

            foreach (var problem in entries.SelectMany(entry => CheckEntry(field, entry.Key, entry.Value)))
            {
                yield return problem;
            }
        }
    }

    private static IEnumerable<(string Field, JsonNode Map)> TextMaps(JsonObject value) =>
        from field in TextMapFields
        let map = value["metadata"]?[field]
        where map is not null
        select ($"metadata.{field}", map);

    private static IEnumerable<(string Field, string Message)> CheckEntry(string field, string key, JsonNode? entry)
    {
        // Annotation keys may have capitals in their prefix, label keys may not.
        if (LabelSyntax.KeyError(field == "metadata.annotations" ? key.ToLowerInvariant() : key) is { } keyError)
        {
            yield return (field, $"Invalid value: \"{key}\": {keyError}");
        }

        if (entry is not JsonValue value || !value.TryGetValue<string>(out var text))
        {
            yield return (field, $"Invalid value: \"{key}\": the value must be a string, so quote it: {entry?.ToJsonString() ?? "null"}");
        }
        else if (field == "metadata.labels" && LabelSyntax.ValueError(text) is { } valueError)
        {
            yield return (field, $"Invalid value: \"{text}\": {valueError}");
        }
        else if (text.Length > LongestAnnotationsBytes)
        {
            yield return (field, $"Too long: must have at most {LongestAnnotationsBytes} bytes");
        }
    }

    private static string? NameError(ResourceKind kind, string name)
    {
        if (kind == Kinds.Namespace)
        {
            return name.Length <= LongestLabel && name.Split('.') is [var label] && IsDnsLabel(label)
                ? null
                : "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an "
                  + "alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
        }

        if (name.Length > LongestName)
        {
            return $"must be no more than {LongestName} characters";
        }

        return name.Split('.').All(IsDnsLabel)
            ? null
            : "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an "
              + "alphanumeric character (e.g. 'example.com', regex used for validation is "
              + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    }

    private static bool IsDnsLabel(string text) =>
        text.Length > 0 && text[0] != '-' && text[^1] != '-'
        && text.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-');
}
