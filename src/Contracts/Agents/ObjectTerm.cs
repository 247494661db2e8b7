using System.Globalization;
using System.Text.Json.Nodes;

namespace Argosy.Contracts.Agents;

/// <summary>One term of a condition: a path into an object, and what must be there.</summary>
/// <param name="Operator">As Kubernetes names it: <c>exists</c>, <c>!</c>, <c>=</c>, <c>==</c>, <c>!=</c>, <c>in</c>, <c>notin</c>, <c>gt</c>, <c>lt</c>.</param>
internal sealed record ObjectTerm(string Path, string Operator, IReadOnlyList<string> Values)
{
    /// <summary>As with labels, <c>!=</c> and <c>notin</c> also hold where there is nothing at the path.</summary>
    public bool Matches(JsonNode? found)
    {
        var value = Find(found);
        return Operator switch
        {
            "exists" => value is not null,
            "!" => value is null,
            "=" or "==" or "in" => value is not null && Values.Contains(value),
            "!=" or "notin" => value is null || !Values.Contains(value),
            "gt" => Compares(value) is > 0,
            _ => Compares(value) is < 0,
        };
    }

    /// <summary>As upstream prints it: <c>{status.phase in [Error Failed]}</c>.</summary>
    public override string ToString() => $"{{{Path} {Operator} [{string.Join(' ', Values)}]}}";

    private int? Compares(string? value) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number.CompareTo(long.Parse(Values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture))
            : null;

    /// <summary>Names of objects' fields and positions in lists, joined by dots. Null: nothing is there; what is null itself is the empty text.</summary>
    private string? Find(JsonNode? found)
    {
        foreach (var key in Path.Split('.'))
        {
            switch (found)
            {
                case JsonObject map when map.TryGetPropertyValue(key, out var inner):
                    found = inner;
                    break;
                case JsonArray list when int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count:
                    found = list[index];
                    break;
                default:
                    return null;
            }
        }

        return found switch
        {
            null => "",
            JsonValue scalar when scalar.TryGetValue<string>(out var text) => text,
            _ => found.ToJsonString(),
        };
    }
}
