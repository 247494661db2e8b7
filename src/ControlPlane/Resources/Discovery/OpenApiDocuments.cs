using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Argosy.ControlPlane.Resources.Discovery;

/// <summary>
/// OpenAPI descriptions of the kinds, made from the manifest schema: what <c>kubectl explain</c> shows, and where kubectl learns that the
/// hub checks fields itself (the <c>fieldValidation</c> parameter of writes).
/// </summary>
internal static class OpenApiDocuments
{
    private static readonly Lazy<IReadOnlyDictionary<string, byte[]>> Version3 = new(() =>
        DiscoveryDocuments.GroupVersions().ToDictionary(pair => PathOf(pair.Group, pair.Version), pair => Render3(pair.Group, pair.Version)));

    private static readonly Lazy<byte[]> Version2 = new(Render2);

    /// <summary>Where the documents are; each address changes with its document, so clients may keep them for ever.</summary>
    public static JsonObject Index() => new()
    {
        ["paths"] = new JsonObject(Version3.Value.Select(document => KeyValuePair.Create<string, JsonNode?>(
            document.Key,
            new JsonObject
            {
                ["serverRelativeURL"] = $"/openapi/v3/{document.Key}?hash={Convert.ToHexString(SHA256.HashData(document.Value))}",
            }))),
    };

    /// <summary>The OpenAPI 3 document of one group and version, by a path such as <c>apis/argoproj.io/v1alpha1</c>.</summary>
    public static byte[]? Find(string path) => Version3.Value.GetValueOrDefault(path);

    /// <summary>Everything in one OpenAPI 2 document, for older clients.</summary>
    public static byte[] Swagger() => Version2.Value;

    private static string PathOf(string group, string version) => group.Length == 0 ? $"api/{version}" : $"apis/{group}/{version}";

    private static byte[] Render3(string group, string version)
    {
        var kinds = Kinds.All.Where(kind => kind.Group == group && kind.Version == version).ToList();
        return ObjectJson.Write(new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = Info(),
            ["paths"] = new JsonObject(kinds.SelectMany(kind => Paths(kind, parameterType: QueryText3))),
            ["components"] = new JsonObject { ["schemas"] = new SchemaRendering("#/components/schemas/").Render(kinds) },
        });
    }

    private static byte[] Render2() => ObjectJson.Write(new JsonObject
    {
        ["swagger"] = "2.0",
        ["info"] = Info(),
        ["paths"] = new JsonObject(Kinds.All.SelectMany(kind => Paths(kind, parameterType: QueryText2))),
        ["definitions"] = new SchemaRendering("#/definitions/").Render(Kinds.All),
    });

    private static JsonObject Info() => new() { ["title"] = "Argosy", ["version"] = "v1" };

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Paths(ResourceKind kind, Func<string, string, JsonObject> parameterType)
    {
        var root = "/" + PathOf(kind.Group, kind.Version);
        var collection = kind.Namespaced ? $"{root}/namespaces/{{namespace}}/{kind.Plural}" : $"{root}/{kind.Plural}";
        yield return KeyValuePair.Create<string, JsonNode?>(collection, Operations(kind, parameterType, ["get"], ["post"]));
        yield return KeyValuePair.Create<string, JsonNode?>(
            $"{collection}/{{name}}", Operations(kind, parameterType, ["get", "delete"], ["put", "patch"]));
    }

    private static JsonObject Operations(
        ResourceKind kind, Func<string, string, JsonObject> parameterType, string[] others, string[] writes)
    {
        var item = new JsonObject();
        foreach (var method in others.Concat(writes))
        {
            var parameters = writes.Contains(method)
                ? new[]
                {
                    parameterType("dryRun", "All: everything but the storing."),
                    parameterType("fieldManager", "Who writes."),
                    parameterType("fieldValidation", "What happens to unknown fields: Ignore, Warn or Strict."),
                }
                : [];
            item[method] = new JsonObject
            {
                ["parameters"] = new JsonArray([.. parameters]),
                ["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "OK" } },
                ["x-kubernetes-group-version-kind"] = SchemaRendering.GroupVersionKind(kind),
            };
        }

        return item;
    }

    private static JsonObject QueryText3(string name, string description)
    {
        var parameter = Query(name, description);
        parameter["schema"] = new JsonObject { ["type"] = "string" };
        return parameter;
    }

    private static JsonObject QueryText2(string name, string description)
    {
        var parameter = Query(name, description);
        parameter["type"] = "string";
        return parameter;
    }

    private static JsonObject Query(string name, string description) =>
        new() { ["name"] = name, ["in"] = "query", ["description"] = description };
}
