using System.Text.Json;
using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;

namespace Argosy.Engine.Validation;

/// <summary>Loops of steps and tasks.</summary>
internal static class LoopRules
{
    public static bool IsLoop(JsonObject member) =>
        member["withItems"] is JsonArray { Count: > 0 } || member.Has("withParam") || member["withSequence"] != null;

    /// <summary>Checks the loop and makes its item known.</summary>
    public static void Check(Problems problems, JsonObject member, Scope scope, string path, string prefix)
    {
        var items = member["withItems"] as JsonArray ?? [];
        var sequence = member.ObjectAt("withSequence");
        if ((items.Count > 0 ? 1 : 0) + (member.Has("withParam") ? 1 : 0) + (sequence != null ? 1 : 0) > 1)
        {
            problems.Add(path, $"{prefix} only one of withItems, withParam, withSequence can be specified");
        }

        foreach (var item in items)
        {
            Declare(item, scope);
        }

        if (member.TextAt("withParam") is { Length: > 0 } param)
        {
            scope.Add("item");
            scope.Open("item");
            if (!Tags.In(param) && !IsJsonList(param))
            {
                problems.Add($"{path}.withParam", $"{prefix} withParam value could not be parsed as a JSON list: {param}");
            }
        }

        if (sequence != null)
        {
            scope.Add("item");
            if (sequence["count"] != null && sequence["end"] != null)
            {
                problems.Add($"{path}.withSequence", $"{prefix} only one of count or end can be defined in withSequence");
            }
        }
    }

    private static void Declare(JsonNode? item, Scope scope)
    {
        switch (item)
        {
            case JsonObject json:
                foreach (var (key, _) in json)
                {
                    scope.Add($"item.{key}");
                }

                break;
            case JsonArray array:
                for (var i = 0; i < array.Count; i++)
                {
                    scope.Add($"item.[{i}]");
                }

                break;
            default:
                scope.Add("item");

                // An item that is a tag may become anything.
                if (Tags.In(item.Text() ?? ""))
                {
                    scope.Open("item");
                }

                break;
        }
    }

    private static bool IsJsonList(string text)
    {
        try
        {
            return JsonNode.Parse(text) is JsonArray;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
