using System.Text.Json.Nodes;

namespace Argosy.Engine.Manifests;

/// <summary>
/// Every kind and type of object that Argosy understands: the one description behind strict checking, OpenAPI, <c>kubectl explain</c>
/// and the merging of lists. It is written down in <c>Schemas/*.schema</c>.
/// </summary>
public sealed class SchemaCatalog
{
    private static readonly Lazy<SchemaCatalog> Embedded = new(LoadEmbedded);

    private readonly Dictionary<string, SchemaType> types;
    private readonly Dictionary<(string Group, string Version, string Kind), SchemaKind> kinds;

    internal SchemaCatalog(IReadOnlyList<SchemaType> types, IReadOnlyList<SchemaKind> kinds)
    {
        Types = types;
        Kinds = kinds;
        this.types = types.ToDictionary(type => type.Name, StringComparer.Ordinal);
        this.kinds = kinds.ToDictionary(kind => (kind.Group, kind.Version, kind.Kind));
    }

    /// <summary>The catalog of this build.</summary>
    public static SchemaCatalog Default => Embedded.Value;

    public IReadOnlyList<SchemaType> Types { get; }

    public IReadOnlyList<SchemaKind> Kinds { get; }

    /// <summary>The type of a kind's objects, or null when the kind is not known.</summary>
    /// <param name="group">Empty for the core group.</param>
    public SchemaType? Find(string group, string version, string kind) => kinds.GetValueOrDefault((group, version, kind))?.Type;

    /// <summary>The type of a kind's objects by the manifest's <c>apiVersion</c> and <c>kind</c>, or null when not known.</summary>
    public SchemaType? Find(string apiVersion, string kind)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? Find("", apiVersion, kind) : Find(apiVersion[..slash], apiVersion[(slash + 1)..], kind);
    }

    /// <summary>The type of an object by its own <c>apiVersion</c> and <c>kind</c>, or null when not known.</summary>
    public SchemaType? TypeOf(JsonObject json) => Find(json.TextAt("apiVersion") ?? "", json.TextAt("kind") ?? "");

    /// <summary>A type by its name.</summary>
    /// <exception cref="KeyNotFoundException">No type has that name.</exception>
    public SchemaType Type(string name) => types[name];

    internal bool Has(string typeName) => types.ContainsKey(typeName);

    private static SchemaCatalog LoadEmbedded()
    {
        var assembly = typeof(SchemaCatalog).Assembly;
        var texts = assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".schema", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return reader.ReadToEnd();
            });
        return SchemaText.Parse(string.Join('\n', texts));
    }
}
