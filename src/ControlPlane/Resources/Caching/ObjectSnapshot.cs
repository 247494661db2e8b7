using System.Globalization;
using System.Text.Json.Nodes;

namespace Argosy.ControlPlane.Resources.Caching;

/// <summary>
/// One value of one object. The bytes are the value; the JSON tree is parsed when someone asks for it and then shared, so nobody may
/// modify it.
/// </summary>
internal sealed class ObjectSnapshot
{
    private readonly Lazy<ReadOnlyMemory<byte>> utf8;
    private readonly Lazy<JsonObject> tree;

    private ObjectSnapshot(ResourceKey key, long resourceVersion, Lazy<ReadOnlyMemory<byte>> utf8)
    {
        Key = key;
        ResourceVersion = resourceVersion;
        this.utf8 = utf8;
        tree = new Lazy<JsonObject>(() => ObjectJson.Read(Utf8));
    }

    public ResourceKey Key { get; }

    public long ResourceVersion { get; }

    /// <summary>The object's uid; empty for views, which have no life of their own.</summary>
    public string Uid { get; private init; } = "";

    /// <summary>Grows when what is wanted of the object changes; 1 for views.</summary>
    public long Generation { get; private init; } = 1;

    /// <summary>The objects that this one belongs to.</summary>
    public IReadOnlyList<OwnerReference> Owners { get; private init; } = [];

    public required SelectableParts Selectable { get; init; }

    public ReadOnlyMemory<byte> Utf8 => utf8.Value;

    public JsonObject Object => tree.Value;

    public ResourceChange AsChange(ResourceChangeType type) => new(type, Key, ResourceVersion, Uid, Generation, tree)
    {
        Labels = Selectable.Labels,
        Phase = Selectable.Fields.GetValueOrDefault("status.phase", ""),
    };

    /// <summary>A private copy, to be changed.</summary>
    public JsonObject Copy() => ObjectJson.Read(Utf8);

    /// <summary>Takes the value of the object as it is now, and stamps the version into it.</summary>
    public static ObjectSnapshot Of(ResourceKey key, long resourceVersion, JsonObject value)
    {
        value.Metadata()["resourceVersion"] = resourceVersion.ToString(CultureInfo.InvariantCulture);
        return Freeze(key, resourceVersion, value);
    }

    /// <summary>A value that is only shown to one caller; a new object has no version yet.</summary>
    public static ObjectSnapshot Preview(ResourceKey key, long? resourceVersion, JsonObject value) =>
        resourceVersion is { } version ? Of(key, version, value) : Freeze(key, 0, value);

    /// <summary>A value that is rendered when someone first looks at it.</summary>
    public static ObjectSnapshot OfView(
        ResourceKey key, long resourceVersion, IReadOnlyDictionary<string, string> labels, Func<JsonObject> render)
    {
        var bytes = new Lazy<ReadOnlyMemory<byte>>(() => ObjectJson.Write(ViewMetadata.Complete(key, resourceVersion, labels, render())));
        var fields = new Lazy<IReadOnlyDictionary<string, string>>(() => SelectableFields.Of(key.Kind, ObjectJson.Read(bytes.Value)));
        return new ObjectSnapshot(key, resourceVersion, bytes) { Selectable = new SelectableParts(labels, fields) };
    }

    private static ObjectSnapshot Freeze(ResourceKey key, long resourceVersion, JsonObject value)
    {
        var bytes = new ReadOnlyMemory<byte>(ObjectJson.Write(value));
        return new ObjectSnapshot(key, resourceVersion, new Lazy<ReadOnlyMemory<byte>>(bytes))
        {
            Uid = value.MetadataText("uid") ?? "",
            Generation = value.Generation(),
            Owners = OwnerReference.Of(value),
            Selectable = new SelectableParts(value.Labels(), SelectableFields.Of(key.Kind, value)),
        };
    }
}
