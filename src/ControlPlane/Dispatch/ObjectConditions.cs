using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Argosy.Engine.Placement;

namespace Argosy.ControlPlane.Dispatch;

/// <summary>
/// The success or failure condition of a resource template: terms in the syntax of label selectors, over fields of the object by their dotted
/// path (<c>status.phase == Succeeded, status.succeeded > 1</c>).
/// </summary>
internal sealed class ObjectConditions
{
    private readonly IReadOnlyList<LabelSelector> terms;

    private ObjectConditions(IReadOnlyList<LabelSelector> terms) => this.terms = terms;

    public bool IsEmpty => terms.Count == 0;

    /// <exception cref="RefusedResourceException">The text is no condition.</exception>
    public static ObjectConditions Parse(string field, string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return new ObjectConditions([]);
        }

        try
        {
            return new ObjectConditions([.. Terms(text).Select(LabelSelector.Parse)]);
        }
        catch (FormatException malformed)
        {
            throw new RefusedResourceException($"{field} '{text}' failed to parse: {malformed.Message}");
        }
    }

    public bool AreAllTrue(JsonObject found) => terms.All(term => term.Matches(new Fields(found)));

    public string? FirstTrue(JsonObject found) => terms.FirstOrDefault(term => term.Matches(new Fields(found)))?.ToString();

    /// <summary>Commas part terms, but not the values of one.</summary>
    private static IEnumerable<string> Terms(string text)
    {
        var (start, depth) = (0, 0);
        for (var at = 0; at < text.Length; at++)
        {
            depth += text[at] switch { '(' => 1, ')' => -1, _ => 0 };
            if (text[at] == ',' && depth == 0)
            {
                yield return text[start..at];
                start = at + 1;
            }
        }

        yield return text[start..];
    }

    /// <summary>An object's fields by their dotted paths.</summary>
    private sealed class Fields(JsonObject found) : IReadOnlyDictionary<string, string>
    {
        public int Count => found.Count;

        public IEnumerable<string> Keys => found.Select(member => member.Key);

        public IEnumerable<string> Values => Keys.Select(key => this[key]);

        public string this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException(key);

        public bool ContainsKey(string key) => TryGetValue(key, out _);

        public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value)
        {
            JsonNode? at = found;
            foreach (var part in key.Split('.'))
            {
                at = at switch
                {
                    JsonObject inner => inner[part],
                    JsonArray items when int.TryParse(part, out var index) && index >= 0 && index < items.Count => items[index],
                    _ => null,
                };
            }

            value = at switch { null => null, JsonValue text when text.TryGetValue(out string? plain) => plain, _ => at.ToJsonString() };
            return value is not null;
        }

        public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => Keys.Select(key => KeyValuePair.Create(key, this[key])).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
