using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Argosy.Engine.Manifests;

namespace Argosy.Engine.Validation;

/// <summary>Whether a Kubernetes label selector can be read, as text or as an object.</summary>
internal static partial class LabelSelectors
{
    private const string ValuePattern = "[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?";
    private const string KeyPattern = @"([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?" + ValuePattern;

    /// <summary>Why the text is no selector, or null. Texts with tags are not looked at.</summary>
    public static string? Problem(string selector)
    {
        if (selector.Trim().Length == 0 || Tags.In(selector))
        {
            return null;
        }

        var broken = Split(selector).FirstOrDefault(requirement => !Requirement().IsMatch(requirement));
        return broken == null ? null : $"unable to parse requirement: \"{broken.Trim()}\"";
    }

    /// <summary>Splits at the commas that are not inside parentheses.</summary>
    private static IEnumerable<string> Split(string selector)
    {
        var (from, depth) = (0, 0);
        for (var i = 0; i < selector.Length; i++)
        {
            depth += selector[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (selector[i] == ',' && depth == 0)
            {
                yield return selector[from..i];
                from = i + 1;
            }
        }

        yield return selector[from..];
    }

    /// <summary>Why the object is no selector, or null.</summary>
    public static string? Problem(JsonObject selector)
    {
        foreach (var (key, value) in selector.ObjectAt("matchLabels") ?? [])
        {
            if (!Key().IsMatch(key) && !Tags.In(key))
            {
                return $"invalid label key \"{key}\"";
            }

            if (value.Text() is { } text && !Value().IsMatch(text) && !Tags.In(text))
            {
                return $"invalid label value \"{text}\"";
            }
        }

        return selector.ObjectsAt("matchExpressions").Select(item => ExpressionProblem(item.Value)).FirstOrDefault(problem => problem != null);
    }

    private static string? ExpressionProblem(JsonObject expression)
    {
        var values = (expression["values"] as JsonArray)?.Count ?? 0;
        return expression.TextAt("operator") switch
        {
            "In" or "NotIn" => values > 0 ? null : "for 'in', 'notin' operators, values set can't be empty",
            "Exists" or "DoesNotExist" => values == 0 ? null : "values set must be empty for exists and does not exist",
            var other => $"\"{other}\" is not a valid label selector operator",
        };
    }

    [GeneratedRegex(
        @"^\s*(!\s*" + KeyPattern
        + "|" + KeyPattern + @"(\s*(==|=|!=)\s*(" + ValuePattern + ")?)?"
        + "|" + KeyPattern + @"\s+(in|notin)\s*\(\s*(" + ValuePattern + @")?\s*(,\s*(" + ValuePattern + @")?\s*)*\))\s*$",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Requirement();

    [GeneratedRegex("^" + KeyPattern + "$", RegexOptions.NonBacktracking)]
    private static partial Regex Key();

    [GeneratedRegex("^(" + ValuePattern + ")?$", RegexOptions.NonBacktracking)]
    private static partial Regex Value();
}
