using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Argosy.ControlPlane.ArgoServer;

/// <summary>A Kubernetes label selector over a watch: <c>a=b,c!=d,e in (f,g),h notin (i),j,!k</c>.</summary>
internal sealed partial class LabelSelector
{
    private readonly List<Func<JsonObject?, bool>> requirements = [];

    public static LabelSelector Parse(string? text)
    {
        var selector = new LabelSelector();
        var rest = (text ?? "").Trim();
        while (rest.Length > 0)
        {
            var match = Requirement().Match(rest);
            if (!match.Success)
            {
                throw RequestBody.BadRequest($"label selector \"{text}\" is not valid near \"{rest}\"");
            }

            selector.requirements.Add(Condition(match));
            rest = rest[match.Length..];
        }

        return selector;
    }

    public bool Fits(JsonObject item)
    {
        var labels = item.At("metadata", "labels") as JsonObject;
        return requirements.TrueForAll(requirement => requirement(labels));
    }

    private static Func<JsonObject?, bool> Condition(Match match)
    {
        var key = match.Groups["key"].Value;
        var negative = match.Groups["not"].Success || match.Groups["op"].Value is "!=" or "notin";
        string[]? wanted = (match.Groups["set"], match.Groups["value"]) switch
        {
            ({ Success: true } set, _) => set.Value.Split(',', StringSplitOptions.TrimEntries),
            (_, { Success: true } value) => [value.Value],
            _ => null,
        };
        return labels => (labels.TextAt(key) is { } value && (wanted is null || wanted.Contains(value))) != negative;
    }

    [GeneratedRegex(
        @"\A\s*(?:(?<not>!)\s*(?<key>[\w./-]+)|(?<key>[\w./-]+)\s*(?:(?<op>in|notin)\s*\((?<set>[^)]*)\)|(?<op>!=|==|=)\s*(?<value>[\w.-]*))?)\s*(?:,|\z)")]
    private static partial Regex Requirement();
}
