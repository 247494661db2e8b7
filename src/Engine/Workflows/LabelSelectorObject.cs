using System.Text.Json.Nodes;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>Kubernetes' LabelSelector object {matchLabels, matchExpressions}, put into a selector's text form.</summary>
internal static class LabelSelectorObject
{
    public static string? Text(JsonObject? selector)
    {
        if (selector is null)
        {
            return null;
        }

        var terms = selector.TextMap("matchLabels").Select(pair => $"{pair.Key}={pair.Value}").Concat(selector.Objects("matchExpressions").Select(Term));
        return string.Join(',', terms);
    }

    private static string Term(JsonObject expression)
    {
        var (key, values) = (expression.Text("key") ?? "", string.Join(',', expression.Texts("values")));
        return expression.Text("operator") switch
        {
            "In" => $"{key} in ({values})",
            "NotIn" => $"{key} notin ({values})",
            "DoesNotExist" => $"!{key}",
            _ => key,
        };
    }
}
