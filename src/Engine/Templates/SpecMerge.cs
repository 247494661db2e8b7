using System.Text.Json.Nodes;

namespace Argosy.Engine.Templates;

/// <summary>Lays one part of a spec over another, as upstream's strategic merge does for the fields of a workflow.</summary>
public static class SpecMerge
{
    private static readonly string[] TypeFields =
        ["container", "containerSet", "steps", "dag", "script", "resource", "data", "suspend", "http", "plugin"];

    // Lists whose entries are told apart by a field; other lists replace each other whole.
    private static readonly Dictionary<string, string> MergeKeys = new(StringComparer.Ordinal)
    {
        ["parameters"] = "name", ["artifacts"] = "name", ["templates"] = "name", ["env"] = "name", ["volumes"] = "name",
        ["sidecars"] = "name", ["initContainers"] = "name", ["containers"] = "name", ["volumeMounts"] = "mountPath",
        ["imagePullSecrets"] = "name",
    };

    /// <summary>A new object: <paramref name="over"/> laid over <paramref name="under"/>.</summary>
    public static JsonObject Over(JsonObject under, JsonObject over)
    {
        var merged = (JsonObject)under.DeepClone();
        foreach (var (field, value) in over)
        {
            merged[field] = (merged[field], value) switch
            {
                (JsonObject below, JsonObject above) => Over(below, above),
                (JsonArray below, JsonArray above) when MergeKeys.TryGetValue(field, out var key) => OverList(below, above, key),
                _ => value?.DeepClone(),
            };
        }

        return merged;
    }

    /// <summary>
    /// The template with the workflow's <c>templateDefaults</c> under it (blocks of a type only where the template is of that type) and the
    /// workflow's retry strategy where it has none; the same for the inline templates of its steps and tasks.
    /// </summary>
    internal static JsonObject Defaults(JsonObject template, JsonObject? defaults, JsonObject? retryStrategy)
    {
        if (defaults is null && retryStrategy is null)
        {
            return template;
        }

        var merged = template;
        if (defaults is not null)
        {
            var applicable = (JsonObject)defaults.DeepClone();
            foreach (var field in TypeFields.Where(field => !template.ContainsKey(field)))
            {
                applicable.Remove(field);
            }

            merged = Over(applicable, template);
        }

        if (retryStrategy is not null && !merged.ContainsKey("retryStrategy"))
        {
            merged = (JsonObject)merged.DeepClone();
            merged["retryStrategy"] = retryStrategy.DeepClone();
        }

        return HasInline(merged) ? WithInlineDefaults(merged, defaults, retryStrategy) : merged;
    }

    private static bool HasInline(JsonObject template) => Members(template).Any(member => member["inline"] is JsonObject);

    private static IEnumerable<JsonObject> Members(JsonObject template) =>
        (template["steps"] as JsonArray ?? []).SelectMany(group => group is JsonArray steps ? steps : Enumerable.Repeat(group, 1)).OfType<JsonObject>()
            .Concat(template.Object("dag").Objects("tasks"));

    private static JsonObject WithInlineDefaults(JsonObject template, JsonObject? defaults, JsonObject? retryStrategy)
    {
        var copy = (JsonObject)template.DeepClone();
        foreach (var member in Members(copy))
        {
            if (member["inline"] is JsonObject inline)
            {
                member["inline"] = Defaults(inline, defaults, retryStrategy).DeepClone();
            }
        }

        return copy;
    }

    private static JsonArray OverList(JsonArray under, JsonArray over, string key)
    {
        var merged = (JsonArray)under.DeepClone();
        foreach (var item in over)
        {
            var index = item is JsonObject entry && entry.Text(key) is { } name
                ? merged.ToList().FindIndex(other => (other as JsonObject).Text(key) == name)
                : -1;
            if (index < 0)
            {
                merged.Add(item?.DeepClone());
            }
            else
            {
                merged[index] = OneSource(Over((JsonObject)merged[index]!, (JsonObject)item!), (JsonObject)item!);
            }
        }

        return merged;
    }

    /// <summary>A parameter that got a value from above has no source from below, and the other way round.</summary>
    private static JsonObject OneSource(JsonObject merged, JsonObject over)
    {
        foreach (var (given, other) in new[] { ("value", "valueFrom"), ("valueFrom", "value") })
        {
            if (over.ContainsKey(given) && !over.ContainsKey(other))
            {
                merged.Remove(other);
            }
        }

        return merged;
    }
}
