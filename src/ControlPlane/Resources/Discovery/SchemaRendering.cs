using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;

namespace Argosy.ControlPlane.Resources.Discovery;

/// <summary>The manifest schema in OpenAPI's terms.</summary>
/// <param name="definitions">Where the document keeps its schemas: <c>#/components/schemas/</c> or <c>#/definitions/</c>.</param>
internal sealed class SchemaRendering(string definitions)
{
    private const string ObjectMetaType = "ObjectMeta";

    /// <summary>The schemas of the kinds and of every type that they use.</summary>
    public JsonObject Render(IEnumerable<ResourceKind> kinds)
    {
        var rendered = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal);
        var queue = new Queue<SchemaType>();
        var kindOf = new Dictionary<string, ResourceKind>(StringComparer.Ordinal);
        foreach (var kind in kinds)
        {
            if (SchemaCatalog.Default.Find(kind.Group, kind.Version, kind.Kind) is { } type)
            {
                kindOf[type.Name] = kind;
                queue.Enqueue(type);
            }
        }

        while (queue.TryDequeue(out var type))
        {
            if (rendered.TryAdd(NameOf(type.Name), null))
            {
                rendered[NameOf(type.Name)] = Render(type, kindOf.GetValueOrDefault(type.Name));
                foreach (var used in type.Fields.Select(field => Referenced(field.Shape)).OfType<string>())
                {
                    queue.Enqueue(SchemaCatalog.Default.Type(used));
                }
            }
        }

        return new JsonObject(rendered);
    }

    public JsonObject Reference(string typeName) => new() { ["$ref"] = definitions + NameOf(typeName) };

    /// <summary>The metadata type has the name under which clients look for it.</summary>
    private static string NameOf(string typeName) =>
        typeName == ObjectMetaType ? "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta" : $"io.argosy.{typeName}";

    private JsonObject Render(SchemaType type, ResourceKind? kind)
    {
        var schema = new JsonObject
        {
            ["description"] = type.Description,
            ["type"] = "object",
            ["properties"] = new JsonObject(type.Fields.Select(field => KeyValuePair.Create<string, JsonNode?>(field.Name, Render(field)))),
        };
        var required = type.Fields.Where(field => field.Required).Select(field => (JsonNode?)field.Name).ToArray();
        if (required.Length > 0)
        {
            schema["required"] = new JsonArray(required);
        }

        if (kind is not null)
        {
            schema["x-kubernetes-group-version-kind"] = new JsonArray(GroupVersionKind(kind));
        }

        return schema;
    }

    public static JsonObject GroupVersionKind(ResourceKind kind) =>
        new() { ["group"] = kind.Group, ["version"] = kind.Version, ["kind"] = kind.Kind };

    private JsonObject Render(SchemaField field)
    {
        var schema = Render(field.Shape);
        if (schema.ContainsKey("$ref"))
        {
            schema = new JsonObject { ["allOf"] = new JsonArray(schema) };
        }

        schema["description"] = field.Description;
        return schema;
    }

    private JsonObject Render(SchemaShape shape) => shape switch
    {
        ScalarShape scalar => Render(scalar.Kind),
        ReferenceShape reference => Reference(reference.TypeName),
        MapShape map => new() { ["type"] = "object", ["additionalProperties"] = Render(map.Of) },
        ListShape list => Render(list),
        AnyShape => new() { ["x-kubernetes-preserve-unknown-fields"] = true },
        IntOrStringShape => new() { ["type"] = "string", ["format"] = "int-or-string", ["x-kubernetes-int-or-string"] = true },
        AnyStringShape => Text(null),
        StringOrReferenceShape reference => Reference(reference.TypeName),
        _ => throw new InvalidOperationException($"the schema has a shape without an OpenAPI form: {shape.GetType().Name}"),
    };

    private JsonObject Render(ListShape list)
    {
        var schema = new JsonObject
        {
            ["type"] = "array",
            ["items"] = Render(list.Of),
            ["x-kubernetes-list-type"] = list.Semantics switch
            {
                ListSemantics.Atomic => "atomic",
                ListSemantics.Set => "set",
                ListSemantics.Map => "map",
            },
        };
        if (list.Semantics == ListSemantics.Map)
        {
            schema["x-kubernetes-list-map-keys"] = new JsonArray([.. list.Keys.Select(key => JsonValue.Create(key))]);
            schema["x-kubernetes-patch-merge-key"] = list.Keys[0];
            schema["x-kubernetes-patch-strategy"] = "merge";
        }
        else if (list.Semantics == ListSemantics.Set)
        {
            schema["x-kubernetes-patch-strategy"] = "merge";
        }

        return schema;
    }

    private static JsonObject Render(ScalarKind kind) => kind switch
    {
        ScalarKind.String or ScalarKind.Quantity => Text(null),
        ScalarKind.Boolean => new() { ["type"] = "boolean" },
        ScalarKind.Int32 => new() { ["type"] = "integer", ["format"] = "int32" },
        ScalarKind.Int64 => new() { ["type"] = "integer", ["format"] = "int64" },
        ScalarKind.Number => new() { ["type"] = "number" },
        ScalarKind.Time => Text("date-time"),
        ScalarKind.Bytes => Text("byte"),
    };

    private static JsonObject Text(string? format) =>
        format is null ? new() { ["type"] = "string" } : new() { ["type"] = "string", ["format"] = format };

    private static string? Referenced(SchemaShape shape) => shape switch
    {
        ReferenceShape reference => reference.TypeName,
        StringOrReferenceShape reference => reference.TypeName,
        ListShape list => Referenced(list.Of),
        MapShape map => Referenced(map.Of),
        _ => null,
    };
}
