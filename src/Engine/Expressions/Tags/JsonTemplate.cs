using System.Text.Json.Nodes;

namespace Argosy.Engine.Expressions.Tags;

/// <summary>A JSON tree prepared for rendering: what has no tags is kept whole and cloned whole.</summary>
internal abstract class JsonTemplate
{
    public abstract IEnumerable<string> References { get; }

    public abstract JsonNode? Render(IVariables variables, Findings findings);

    public static JsonTemplate Compile(JsonNode? node) => node switch
    {
        JsonObject map => CompileMap(map),
        JsonArray list => CompileList(list),
        JsonValue scalar when scalar.TryGetValue<string>(out var text) && TagText.Parse(text) is { HasTags: true } tags => new TextTemplate(tags),
        _ => new ConstantTemplate(node?.DeepClone()),
    };

    private static JsonTemplate CompileMap(JsonObject map)
    {
        var entries = map.Select(entry => (Key: TagText.Parse(entry.Key), Value: Compile(entry.Value))).ToArray();
        return Array.TrueForAll(entries, entry => !entry.Key.HasTags && entry.Value is ConstantTemplate)
            ? new ConstantTemplate(map.DeepClone())
            : new MapTemplate(entries);
    }

    private static JsonTemplate CompileList(JsonArray list)
    {
        var items = list.Select(Compile).ToArray();
        return Array.TrueForAll(items, item => item is ConstantTemplate) ? new ConstantTemplate(list.DeepClone()) : new ListTemplate(items);
    }
}

internal sealed class ConstantTemplate(JsonNode? node) : JsonTemplate
{
    public override IEnumerable<string> References => [];

    public override JsonNode? Render(IVariables variables, Findings findings) => node?.DeepClone();
}

internal sealed class TextTemplate(TagText text) : JsonTemplate
{
    public override IEnumerable<string> References => text.References;

    public override JsonNode? Render(IVariables variables, Findings findings) => JsonValue.Create(text.Render(variables, findings));
}

internal sealed class ListTemplate(JsonTemplate[] items) : JsonTemplate
{
    public override IEnumerable<string> References => items.SelectMany(item => item.References);

    public override JsonNode? Render(IVariables variables, Findings findings)
    {
        var list = new JsonArray();
        foreach (var item in items)
        {
            list.Add(item.Render(variables, findings));
        }

        return list;
    }
}

internal sealed class MapTemplate((TagText Key, JsonTemplate Value)[] entries) : JsonTemplate
{
    public override IEnumerable<string> References => entries.SelectMany(entry => entry.Key.References.Concat(entry.Value.References));

    public override JsonNode? Render(IVariables variables, Findings findings)
    {
        var map = new JsonObject();
        foreach (var (key, value) in entries)
        {
            // Two keys may become one; the later entry stays, as when JSON text is read.
            map[key.Render(variables, findings)] = value.Render(variables, findings);
        }

        return map;
    }
}
