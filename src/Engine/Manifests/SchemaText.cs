namespace Argosy.Engine.Manifests;

/// <summary>
/// Reads the language of <c>Schemas/*.schema</c>. A line <c>type Name [: Base]  description</c> or
/// <c>kind group/version Name  description</c> begins a type; the indented lines below are its fields, <c>name[!]  shape  description</c>,
/// where <c>!</c> means required. Shapes: string, bool, int, long, number, quantity, time, bytes, any, any-string, int-or-string, a type's
/// name, <c>map(shape)</c>, <c>set(shape)</c>, <c>list(shape)</c>, <c>list(shape|key,key)</c>, <c>string|Type</c>. A kind has apiVersion,
/// kind and metadata without saying so; a base's fields come first. Lines that begin with <c>#</c> are remarks.
/// </summary>
internal static class SchemaText
{
    private static readonly ReferenceShape ObjectMeta = new("ObjectMeta");

    public static SchemaCatalog Parse(string text)
    {
        var drafts = new List<Draft>();
        foreach (var line in text.Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line[0] == ' ')
            {
                drafts[^1].Fields.Add(ParseField(line));
            }
            else
            {
                drafts.Add(ParseHeader(line));
            }
        }

        var byName = drafts.ToDictionary(draft => draft.Name, StringComparer.Ordinal);
        var types = drafts.Select(draft => new SchemaType(draft.Name, draft.Description, AllFields(draft, byName))).ToList();
        var typeOf = types.ToDictionary(type => type.Name, StringComparer.Ordinal);
        var kinds = drafts.Where(draft => draft.ApiVersion != null).Select(draft => ToKind(draft, typeOf[draft.Name])).ToList();
        var catalog = new SchemaCatalog(types, kinds);
        RequireReferences(catalog);
        return catalog;
    }

    private static List<SchemaField> AllFields(Draft draft, Dictionary<string, Draft> byName)
    {
        var fields = new List<SchemaField>();
        if (draft.ApiVersion != null)
        {
            fields.Add(new("apiVersion", new ScalarShape(ScalarKind.String), "Version of the API that the object is written for.", false));
            fields.Add(new("kind", new ScalarShape(ScalarKind.String), "Kind of the object.", false));
            fields.Add(new("metadata", ObjectMeta, "Name, labels and the like.", false));
        }

        if (draft.Base != null)
        {
            fields.AddRange(AllFields(byName[draft.Base], byName));
        }

        fields.AddRange(draft.Fields);
        return fields;
    }

    private static Draft ParseHeader(string line)
    {
        var (word, rest) = NextWord(line);
        var apiVersion = default(string);
        if (word == "kind")
        {
            (apiVersion, rest) = NextWord(rest);
        }
        else if (word != "type")
        {
            throw new FormatException($"schema: expected 'type' or 'kind': {line}");
        }

        (var name, rest) = NextWord(rest);
        var @base = default(string);
        if (rest.StartsWith(": ", StringComparison.Ordinal))
        {
            (@base, rest) = NextWord(rest[2..]);
        }

        return new(name, apiVersion, @base, rest, []);
    }

    private static SchemaField ParseField(string line)
    {
        var (name, rest) = NextWord(line.TrimStart());
        (var shape, rest) = NextWord(rest);
        return new(name.TrimEnd('!'), ParseShape(shape), rest, name.EndsWith('!'));
    }

    private static SchemaShape ParseShape(string text) => text switch
    {
        "string" => new ScalarShape(ScalarKind.String),
        "bool" => new ScalarShape(ScalarKind.Boolean),
        "int" => new ScalarShape(ScalarKind.Int32),
        "long" => new ScalarShape(ScalarKind.Int64),
        "number" => new ScalarShape(ScalarKind.Number),
        "quantity" => new ScalarShape(ScalarKind.Quantity),
        "time" => new ScalarShape(ScalarKind.Time),
        "bytes" => new ScalarShape(ScalarKind.Bytes),
        "any" => new AnyShape(),
        "any-string" => new AnyStringShape(),
        "int-or-string" => new IntOrStringShape(),
        _ when Inside(text, "map(") is { } of => new MapShape(ParseShape(of)),
        _ when Inside(text, "set(") is { } of => new ListShape(ParseShape(of), ListSemantics.Set, []),
        _ when Inside(text, "list(") is { } of => ParseList(of),
        _ when text.StartsWith("string|", StringComparison.Ordinal) => new StringOrReferenceShape(text["string|".Length..]),
        _ => new ReferenceShape(text),
    };

    private static ListShape ParseList(string text)
    {
        var bar = text.EndsWith(')') ? -1 : text.IndexOf('|', StringComparison.Ordinal);
        return bar < 0
            ? new ListShape(ParseShape(text), ListSemantics.Atomic, [])
            : new ListShape(ParseShape(text[..bar]), ListSemantics.Map, text[(bar + 1)..].Split(','));
    }

    private static string? Inside(string text, string opening) =>
        text.StartsWith(opening, StringComparison.Ordinal) ? text[opening.Length..^1] : null;

    private static SchemaKind ToKind(Draft draft, SchemaType type)
    {
        var slash = draft.ApiVersion!.IndexOf('/', StringComparison.Ordinal);
        return new(slash < 0 ? "" : draft.ApiVersion[..slash], draft.ApiVersion[(slash + 1)..], draft.Name, type);
    }

    private static (string Word, string Remainder) NextWord(string text)
    {
        var end = text.IndexOf(' ', StringComparison.Ordinal);
        return end < 0 ? (text, "") : (text[..end], text[end..].Trim());
    }

    private static void RequireReferences(SchemaCatalog catalog)
    {
        foreach (var type in catalog.Types)
        {
            foreach (var field in type.Fields.Where(field => Referenced(field.Shape) is { } name && !catalog.Has(name)))
            {
                throw new FormatException($"schema: {type.Name}.{field.Name} refers to the unknown type {Referenced(field.Shape)}");
            }
        }
    }

    private static string? Referenced(SchemaShape shape) => shape switch
    {
        ReferenceShape reference => reference.TypeName,
        StringOrReferenceShape reference => reference.TypeName,
        ListShape list => Referenced(list.Of),
        MapShape map => Referenced(map.Of),
        _ => null,
    };

    private sealed record Draft(string Name, string? ApiVersion, string? Base, string Description, List<SchemaField> Fields);
}
