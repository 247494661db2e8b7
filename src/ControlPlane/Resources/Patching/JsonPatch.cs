using System.Globalization;
using System.Text.Json.Nodes;

namespace Argosy.ControlPlane.Resources.Patching;

/// <summary>JSON patch (RFC 6902): a list of operations that are all carried out or none.</summary>
internal static class JsonPatch
{
    // A patch can double a document with each copy; this bounds how often.
    private const int MostOperations = 10_000;

    /// <exception cref="ApiException">400: it is no patch. 422: it does not fit the object, or a test failed.</exception>
    public static JsonNode? Apply(JsonNode target, JsonNode? patch)
    {
        if (patch is not JsonArray operations)
        {
            throw ApiErrors.BadRequest("a JSON patch must be a list of operations");
        }

        if (operations.Count > MostOperations)
        {
            throw new ApiException(
                413, "RequestEntityTooLarge", $"The allowed maximum operations in a JSON patch is {MostOperations}, got {operations.Count}");
        }

        var document = target.DeepClone();
        for (var at = 0; at < operations.Count; at++)
        {
            try
            {
                document = Apply(document, operations[at] as JsonObject ?? throw Misfit("is not an object"));
            }
            catch (JsonPatchMisfitException misfit)
            {
                throw new ApiException(422, "Invalid", $"the server rejected our request due to an error in our request: operation {at} {misfit.Message}");
            }
        }

        return document;
    }

    private static JsonNode? Apply(JsonNode? document, JsonObject operation)
    {
        var path = Pointer(operation, "path");
        switch (operation.Text("op"))
        {
            case "add":
                return Add(document, path, operation["value"]?.DeepClone());
            case "remove":
                return Remove(document, path);
            case "replace":
                _ = Read(document, path);
                return path.Length == 0 ? operation["value"]?.DeepClone() : Replace(document, path, operation["value"]?.DeepClone());
            case "move":
                var from = Pointer(operation, "from");
                var moved = Read(document, from)?.DeepClone();
                return Add(Remove(document, from), path, moved);
            case "copy":
                return Add(document, path, Read(document, Pointer(operation, "from"))?.DeepClone());
            case "test":
                return JsonNode.DeepEquals(Read(document, path), operation["value"])
                    ? document
                    : throw Misfit($"testing path {operation["path"]} failed: the value differs");
            case var other:
                throw Misfit($"has the unknown op \"{other}\"");
        }
    }

    private static JsonNode? Add(JsonNode? document, string[] path, JsonNode? value)
    {
        if (path.Length == 0)
        {
            return value;
        }

        switch (Read(document, path[..^1]))
        {
            case JsonObject parent:
                parent[path[^1]] = value;
                break;
            case JsonArray list when path[^1] == "-":
                list.Add(value);
                break;
            case JsonArray list:
                list.Insert(Index(path[^1], list.Count + 1), value);
                break;
            default:
                throw Missing(path);
        }

        return document;
    }

    private static JsonNode? Replace(JsonNode? document, string[] path, JsonNode? value)
    {
        switch (Read(document, path[..^1]))
        {
            case JsonObject parent:
                parent[path[^1]] = value;
                break;
            case JsonArray list:
                list[Index(path[^1], list.Count)] = value;
                break;
            default:
                throw Missing(path);
        }

        return document;
    }

    private static JsonNode? Remove(JsonNode? document, string[] path)
    {
        if (path.Length == 0)
        {
            throw Misfit("removes the whole object");
        }

        switch (Read(document, path[..^1]))
        {
            case JsonObject parent when parent.Remove(path[^1]):
                break;
            case JsonArray list:
                list.RemoveAt(Index(path[^1], list.Count));
                break;
            default:
                throw Missing(path);
        }

        return document;
    }

    private static JsonNode? Read(JsonNode? document, string[] path)
    {
        for (var at = 0; at < path.Length; at++)
        {
            document = document switch
            {
                JsonObject parent when parent.TryGetPropertyValue(path[at], out var child) => child,
                JsonArray list => list[Index(path[at], list.Count)],
                _ => throw Missing(path),
            };
        }

        return document;
    }

    private static string[] Pointer(JsonObject operation, string field)
    {
        var text = operation[field] is JsonValue value && value.TryGetValue<string>(out var pointer) ? pointer : throw Misfit($"has no {field}");
        if (text.Length == 0)
        {
            return [];
        }

        return text[0] == '/'
            ? [.. text[1..].Split('/').Select(part =>
                part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))]
            : throw Misfit($"has the {field} \"{text}\", which does not begin with '/'");
    }

    private static int Index(string text, int count) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < count
            ? index
            : throw Misfit($"names the list element {text}, which does not exist");

    private static JsonPatchMisfitException Missing(string[] path) => Misfit($"names the path /{string.Join('/', path)}, which does not exist");

    private static JsonPatchMisfitException Misfit(string problem) => new(problem);

    private sealed class JsonPatchMisfitException(string problem) : Exception(problem);
}
