using System.Text.Json;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Workflows;

/// <summary>The outputs of a loop's items, put together as upstream does: only succeeded items that have outputs, in order.</summary>
internal static class Aggregation
{
    /// <summary>Null when a result is no JSON: then there is no such list, and who asks for it fails, as upstream has it.</summary>
    public static string? Results(IEnumerable<Node> items)
    {
        var results = items.Select(item => item.Outputs.Result).OfType<string>().Select(Parse).ToList();
        return results.Contains(null) ? null : "[" + string.Join(',', results.Select(result => GoJson.Compact(result!.RootElement))) + "]";
    }

    public static string Map(NodeOutputs outputs) => JsonText.Write(new ValueMap(
        outputs.Parameters.Select(parameter => KeyValuePair.Create(parameter.Name, (object?)parameter.Value))));

    public static string Maps(IEnumerable<Node> items) => "[" + string.Join(',', items.Select(item => Map(item.Outputs))) + "]";

    /// <summary>A list of strings, unless every value is itself a JSON list or object.</summary>
    public static string Parameter(IEnumerable<Node> items, string name)
    {
        var values = items.Select(item => item.Outputs.Parameter(name)).OfType<string>().ToList();
        var parsed = values.ConvertAll(Parse);
        return parsed.Count > 0 && parsed.TrueForAll(value => value?.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            ? "[" + string.Join(',', parsed.Select(value => GoJson.Compact(value!.RootElement))) + "]"
            : JsonText.Write(values.ToList<object?>());
    }

    /// <summary>The document a text holds, <c>null</c> included; null when it holds none.</summary>
    private static JsonDocument? Parse(string text)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
