using System.Text.Json.Nodes;

namespace Argosy.Engine.Templates;

/// <summary>One kind of artifact storage as manifests and repositories spell it.</summary>
/// <param name="Field">The location's field.</param>
/// <param name="Key">Its field that names the object; null where there is none to choose.</param>
/// <param name="Format">A repository's field with the pattern of keys.</param>
/// <param name="Complete">The fields that make a location stand on its own; a location without them only says which key it wants.</param>
internal sealed record ArtifactStorage(string Field, string? Key, string? Format, params IReadOnlyList<string> Complete)
{
    private static readonly IReadOnlyList<ArtifactStorage> All =
    [
        new("s3", "key", "keyFormat", "bucket", "key"),
        new("gcs", "key", "keyFormat", "bucket", "key"),
        new("azure", "blob", "blobNameFormat", "container", "blob"),
        new("oss", "key", "keyFormat", "endpoint", "bucket", "key"),
        new("git", null, null, "repo"),
        new("http", "url", null, "url"),
        new("artifactory", "url", "keyFormat", "url"),
        new("hdfs", "path", "pathFormat", "addresses", "path"),
        new("raw", null, null),
        new("plugin", "key", "keyFormat", "name", "key"),
        new("embedded", "key", "keyFormat", "key"),
    ];

    /// <summary>The storage that a location or repository names, with what it says of it.</summary>
    public static (ArtifactStorage Storage, JsonObject Location)? Of(JsonObject? json)
    {
        foreach (var storage in All)
        {
            if (json.Object(storage.Field) is { } location)
            {
                return (storage, location);
            }
        }

        return null;
    }

    /// <summary>Whether nothing of a repository is needed to find the artifact.</summary>
    public bool IsComplete(JsonObject location) => Complete.All(field => location[field] is { } value && SpecJson.TextOf(value) != "");

    public static void Remove(JsonObject json)
    {
        foreach (var storage in All)
        {
            json.Remove(storage.Field);
        }
    }
}
