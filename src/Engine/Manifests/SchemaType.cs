namespace Argosy.Engine.Manifests;

/// <summary>An object type that manifests are made of.</summary>
/// <param name="Name">Unique in the catalog; the last part of the type's OpenAPI name.</param>
/// <param name="Fields">In the order in which documentation shows them.</param>
public sealed record SchemaType(string Name, string Description, IReadOnlyList<SchemaField> Fields)
{
    private readonly Dictionary<string, SchemaField> byName = Fields.ToDictionary(field => field.Name, StringComparer.Ordinal);

    /// <summary>The field of that name (letter case counts), or null.</summary>
    public SchemaField? Find(string name) => byName.GetValueOrDefault(name);
}

/// <summary>
/// A field of a type. <paramref name="Required"/> is what Kubernetes calls required in its schema: documentation shows it, and the
/// validation of a kind decides whether leaving it out is an error.
/// </summary>
public sealed record SchemaField(string Name, SchemaShape Shape, string Description, bool Required);

/// <summary>A kind of object with its API version.</summary>
/// <param name="Group">Empty for the core group.</param>
public sealed record SchemaKind(string Group, string Version, string Kind, SchemaType Type);
