using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Argosy.Engine.Manifests;

/// <summary>
/// Unknown fields and wrong types of an object, all at once, in the Kubernetes API server's words. The kind's rules are another matter:
/// see <c>Argosy.Engine.Validation</c>.
/// </summary>
public static class StrictCheck
{
    /// <summary>Also unknown fields are errors: lint and <c>fieldValidation=Strict</c>.</summary>
    public static IReadOnlyList<FieldError> Check(SchemaType type, JsonObject json) => new SchemaCheck(SchemaCatalog.Default, true).Run(type, json);

    /// <summary>As the other, for the object's own apiVersion and kind. Objects of an unknown kind have no errors.</summary>
    public static IReadOnlyList<FieldError> Check(JsonObject json) =>
        SchemaCatalog.Default.TypeOf(json) is { } type ? Check(type, json) : [];
}

/// <summary>
/// Wrong types of an object. Unknown fields are ignored, but not those of steps, which Argo refuses always: a step with a misspelt field
/// would run without its condition or loop.
/// </summary>
public static class LenientCheck
{
    public static IReadOnlyList<FieldError> Check(SchemaType type, JsonObject json) =>
        new SchemaCheck(SchemaCatalog.Default, false).Run(type, json);

    /// <summary>As the other, for the object's own apiVersion and kind. Objects of an unknown kind have no errors.</summary>
    public static IReadOnlyList<FieldError> Check(JsonObject json) =>
        SchemaCatalog.Default.TypeOf(json) is { } type ? Check(type, json) : [];
}

/// <summary>One walk over an object.</summary>
internal sealed class SchemaCheck(SchemaCatalog catalog, bool refuseUnknown)
{
    private readonly List<FieldError> errors = [];

    public IReadOnlyList<FieldError> Run(SchemaType type, JsonObject json)
    {
        CheckObject(type, json, "");
        return errors;
    }

    private void CheckObject(SchemaType type, JsonObject json, string path)
    {
        foreach (var (name, value) in json)
        {
            var at = path.Length == 0 ? name : $"{path}.{name}";
            if (type.Find(name) is { } field)
            {
                CheckValue(field.Shape, value, at);
            }
            else if (refuseUnknown || type.Name == "WorkflowStep")
            {
                errors.Add(new(at, $"unknown field \"{at}\""));
            }
        }
    }

    private void CheckValue(SchemaShape shape, JsonNode? value, string path)
    {
        if (value == null)
        {
            return;
        }

        switch (shape)
        {
            case AnyShape:
                break;
            case ReferenceShape reference when value is JsonObject json:
                CheckObject(catalog.Type(reference.TypeName), json, path);
                break;
            case StringOrReferenceShape reference when value is JsonObject json:
                CheckObject(catalog.Type(reference.TypeName), json, path);
                break;
            case ListShape list when value is JsonArray array:
                for (var i = 0; i < array.Count; i++)
                {
                    CheckValue(list.Of, array[i], $"{path}[{i}]");
                }

                break;
            case MapShape map when value is JsonObject json:
                foreach (var (key, item) in json)
                {
                    CheckValue(map.Of, item, $"{path}.{key}");
                }

                break;
            default:
                if (!IsScalar(shape, value))
                {
                    errors.Add(WrongType(shape, value, path));
                }

                break;
        }
    }

    private static bool IsScalar(SchemaShape shape, JsonNode value)
    {
        var kind = value.GetValueKind();
        return shape switch
        {
            StringOrReferenceShape => kind == JsonValueKind.String,
            AnyStringShape => kind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False,
            IntOrStringShape => kind == JsonValueKind.String || IsInteger(value, int.MinValue, int.MaxValue),
            ScalarShape scalar => scalar.Kind switch
            {
                ScalarKind.String or ScalarKind.Time or ScalarKind.Bytes => kind == JsonValueKind.String,
                ScalarKind.Boolean => kind is JsonValueKind.True or JsonValueKind.False,
                ScalarKind.Int32 => IsInteger(value, int.MinValue, int.MaxValue),
                ScalarKind.Int64 => IsInteger(value, long.MinValue, long.MaxValue),
                ScalarKind.Number => kind == JsonValueKind.Number,
                ScalarKind.Quantity => kind is JsonValueKind.String or JsonValueKind.Number,
            },
            _ => false,
        };
    }

    private static bool IsInteger(JsonNode value, long least, long most) =>
        value.GetValueKind() == JsonValueKind.Number
        && long.TryParse(value.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        && number >= least && number <= most;

    private static FieldError WrongType(SchemaShape shape, JsonNode value, string path)
    {
        var found = value.GetValueKind() switch
        {
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.Number => "number",
            _ => "boolean",
        };
        return new(path, $"Invalid value: \"{found}\": {path} in body must be of type {Name(shape)}: \"{found}\"");
    }

    private static string Name(SchemaShape shape) => shape switch
    {
        ReferenceShape or MapShape => "object",
        ListShape => "array",
        IntOrStringShape => "integer or string",
        StringOrReferenceShape => "string or object",
        ScalarShape { Kind: ScalarKind.Boolean } => "boolean",
        ScalarShape { Kind: ScalarKind.Int32 or ScalarKind.Int64 } => "integer",
        ScalarShape { Kind: ScalarKind.Number } => "number",
        _ => "string",
    };
}
